CREATE TABLE `a` (
  `id` int NOT NULL,
  `b` int DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `a_b` (`b`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `b` (
  `id` int NOT NULL,
  `a` int DEFAULT NULL,
  `z` int DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `b_a` (`a`),
  KEY `b_z` (`z`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

ALTER TABLE `a`
  ADD CONSTRAINT `a_b` FOREIGN KEY (`b`) REFERENCES `b` (`id`);

ALTER TABLE `b`
  ADD CONSTRAINT `b_a` FOREIGN KEY (`a`) REFERENCES `a` (`id`),
  ADD CONSTRAINT `b_z` FOREIGN KEY (`z`) REFERENCES `z` (`id`);
