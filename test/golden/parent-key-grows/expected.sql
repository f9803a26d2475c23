ALTER TABLE `children`
  DROP FOREIGN KEY `child_parent`;

ALTER TABLE `parents`
  MODIFY COLUMN `id` bigint NOT NULL;

ALTER TABLE `children`
  MODIFY COLUMN `parent` bigint NOT NULL,
  ADD CONSTRAINT `child_parent` FOREIGN KEY (`parent`) REFERENCES `parents` (`id`);
