CREATE TABLE `a` (
  `id` int NOT NULL,
  `b` int DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `a_b` (`b`),
  CONSTRAINT `a_b` FOREIGN KEY (`b`) REFERENCES `b` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `b` (
  `id` int NOT NULL,
  `a` int DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `b_a` (`a`),
  CONSTRAINT `b_a` FOREIGN KEY (`a`) REFERENCES `a` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `keep` (
  `id` int NOT NULL,
  `a` int DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `keep_a` (`a`),
  CONSTRAINT `keep_a` FOREIGN KEY (`a`) REFERENCES `a` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;
