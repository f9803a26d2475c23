CREATE TABLE products (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  category_id INT UNSIGNED NOT NULL,
  sku VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  title VARCHAR(120) NOT NULL,
  price DECIMAL(10, 2) NOT NULL,
  vat_percent DECIMAL(4, 2) NOT NULL DEFAULT '19.00',
  price_with_vat DECIMAL(12, 4) GENERATED ALWAYS AS (price * (1 + vat_percent / 100)) STORED,
  attributes JSON NOT NULL,
  colour VARCHAR(32) GENERATED ALWAYS AS (JSON_UNQUOTE(JSON_EXTRACT(attributes, '$.colour'))) VIRTUAL,
  status ENUM('draft', 'on sale', 'sold out', 'retired') NOT NULL DEFAULT 'draft',
  PRIMARY KEY (id),
  UNIQUE KEY products_sku (sku),
  KEY products_category (category_id, status),
  KEY products_colour (colour),
  CONSTRAINT products_category_fk FOREIGN KEY (category_id) REFERENCES categories (id),
  CONSTRAINT products_price_positive CHECK (price >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;
