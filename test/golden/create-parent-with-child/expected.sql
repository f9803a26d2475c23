CREATE TABLE `zz_customers` (
  `id` int NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

ALTER TABLE `orders`
  ADD KEY `order_customer` (`customer`),
  ADD CONSTRAINT `order_customer` FOREIGN KEY (`customer`) REFERENCES `zz_customers` (`id`);
