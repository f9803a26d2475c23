ALTER TABLE `customers`
  MODIFY COLUMN `email` varchar(255) NOT NULL,
  ADD COLUMN `note` text AFTER `name`,
  ADD KEY `by_created` (`created`);
