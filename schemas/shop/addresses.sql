CREATE TABLE addresses (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  customer_id BIGINT UNSIGNED NOT NULL,
  kind ENUM('billing', 'delivery') NOT NULL,
  street VARCHAR(160) NOT NULL,
  city VARCHAR(80) NOT NULL,
  postcode VARCHAR(12) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL,
  country CHAR(2) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL,
  PRIMARY KEY (id),
  KEY addresses_customer (customer_id, kind),
  CONSTRAINT addresses_customer_fk FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;
