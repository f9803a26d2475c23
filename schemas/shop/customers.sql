CREATE TABLE customers (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  email VARCHAR(190) NOT NULL,
  full_name VARCHAR(120) NOT NULL,
  country CHAR(2) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL,
  tier ENUM('basic', 'silver', 'gold') NOT NULL DEFAULT 'basic',
  preferences JSON NOT NULL,
  newsletter TINYINT(1) GENERATED ALWAYS AS (JSON_EXTRACT(preferences, '$.newsletter') = TRUE) VIRTUAL,
  created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  PRIMARY KEY (id),
  UNIQUE KEY customers_email (email),
  KEY customers_country (country, tier)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci COMMENT='People who have bought or registered';
