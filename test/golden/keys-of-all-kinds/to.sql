CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` varchar(40) NOT NULL,
  `b` text,
  `j` json DEFAULT NULL,
  PRIMARY KEY (`id`,`a`),
  UNIQUE KEY `uq` (`a`(10) DESC),
  KEY `uno` (`a`),
  KEY `two` (`id`,`a`) /*!80000 INVISIBLE */,
  KEY `fn` ((lower(`a`))),
  KEY `mv` ((cast(json_extract(`j`,_utf8mb4'$.tags') as char(20) array))),
  FULLTEXT KEY `ft` (`b`),
  FULLTEXT KEY `ft2` (`a`),
  FULLTEXT KEY `ft3` (`a`,`b`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;
