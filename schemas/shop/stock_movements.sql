CREATE TABLE stock_movements (
  id BIGINT UNSIGNED NOT NULL,
  product_id BIGINT UNSIGNED NOT NULL,
  warehouse VARCHAR(40) CHARACTER SET latin1 COLLATE latin1_german1_ci NOT NULL,
  quantity INT NOT NULL,
  reason ENUM('received', 'sold', 'returned', 'corrected', 'lost') NOT NULL,
  note VARCHAR(120) DEFAULT NULL,
  moved_at DATETIME(3) NOT NULL,
  moved_on DATE GENERATED ALWAYS AS (CAST(moved_at AS DATE)) VIRTUAL,
  row_check INT UNSIGNED NOT NULL COMMENT 'CRC32 over what the application wrote',
  PRIMARY KEY (id),
  KEY stock_movements_product (product_id, moved_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci COMMENT='Every piece that came or went';
