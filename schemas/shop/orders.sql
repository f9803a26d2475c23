CREATE TABLE orders (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  customer_id BIGINT UNSIGNED NOT NULL,
  reference CHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  status ENUM('placed', 'paid', 'sent', 'returned', 'cancelled') NOT NULL DEFAULT 'placed',
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL DEFAULT 'EUR',
  total DECIMAL(12, 2) NOT NULL,
  placed_at DATETIME(3) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY orders_reference (reference),
  KEY orders_customer (customer_id, placed_at),
  CONSTRAINT orders_customer_fk FOREIGN KEY (customer_id) REFERENCES customers (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;
