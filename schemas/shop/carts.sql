-- No foreign key to customers: a cart may belong to a visitor, and it outlives an account.
CREATE TABLE carts (
  id BIGINT UNSIGNED NOT NULL,
  customer_id BIGINT UNSIGNED DEFAULT NULL,
  session_token CHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  status ENUM('open', 'ordered', 'abandoned') NOT NULL DEFAULT 'open',
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL DEFAULT 'EUR',
  total DECIMAL(12, 2) NOT NULL DEFAULT '0.00',
  items JSON NOT NULL,
  item_count INT GENERATED ALWAYS AS (JSON_LENGTH(items)) STORED,
  updated_at DATETIME(3) NOT NULL,
  row_check INT UNSIGNED NOT NULL COMMENT 'CRC32 over what the application wrote',
  PRIMARY KEY (id),
  KEY carts_customer (customer_id),
  KEY carts_status (status, updated_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci COMMENT='What people are about to buy';
