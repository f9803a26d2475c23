CREATE TABLE reviews (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  product_id BIGINT UNSIGNED NOT NULL,
  author VARCHAR(60) NOT NULL,
  title VARCHAR(80) NOT NULL,
  rating TINYINT UNSIGNED NOT NULL,
  body TEXT,
  helpful INT UNSIGNED NOT NULL DEFAULT '0',
  written_at DATETIME(3) NOT NULL,
  row_check INT UNSIGNED NOT NULL COMMENT 'CRC32 over what the application wrote',
  PRIMARY KEY (id),
  KEY reviews_product (product_id, rating),
  CONSTRAINT reviews_rating CHECK (rating BETWEEN 1 AND 5)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci COMMENT='What buyers say';
