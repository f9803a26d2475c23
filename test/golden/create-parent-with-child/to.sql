CREATE TABLE `orders` (
  `id` int NOT NULL,
  `customer` int DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `order_customer` (`customer`),
  CONSTRAINT `order_customer` FOREIGN KEY (`customer`) REFERENCES `zz_customers` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `zz_customers` (
  `id` int NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;
