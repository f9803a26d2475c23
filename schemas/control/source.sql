CREATE TABLE `source` (
  `hash` char(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `files` longblob NOT NULL COMMENT 'gzip of canonical JSON',
  `created_at` datetime(3) NOT NULL,
  PRIMARY KEY (`hash`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='authored files by content hash';
