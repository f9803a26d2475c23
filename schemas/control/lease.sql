CREATE TABLE `lease` (
  `name` varchar(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `holder` varchar(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `fence` bigint unsigned NOT NULL,
  `expires_at` datetime(3) NOT NULL COMMENT 'by this server''s clock',
  PRIMARY KEY (`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='one holder per name; a later holder has a greater fence';
