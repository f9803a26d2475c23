CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` varchar(40) DEFAULT NULL,
  `b` text,
  `j` json DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `one` (`a`),
  KEY `two` (`id`,`a`),
  KEY `gone` (`a`(3)),
  FULLTEXT KEY `ft` (`b`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;
