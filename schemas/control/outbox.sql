CREATE TABLE `outbox` (
  `owner` varchar(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NOT NULL,
  `repository` varchar(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NOT NULL,
  `pull` int unsigned NOT NULL,
  `marks` bigint unsigned NOT NULL,
  `claimed_marks` bigint unsigned NOT NULL,
  `ticket` char(36) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL,
  `error_code` varchar(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL,
  `run_at` datetime(3) NOT NULL,
  PRIMARY KEY (`owner`,`repository`,`pull`),
  UNIQUE KEY `one_per_ticket` (`ticket`),
  KEY `due` (`run_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='pull requests whose comments and checks are out of date';
