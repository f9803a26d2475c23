ALTER TABLE `t`
  MODIFY COLUMN `a` varchar(40) NOT NULL,
  DROP PRIMARY KEY,
  DROP KEY `gone`,
  ADD PRIMARY KEY (`id`,`a`),
  ALTER INDEX `two` INVISIBLE,
  RENAME INDEX `one` TO `uno`,
  ADD UNIQUE KEY `uq` (`a`(10) DESC),
  ADD KEY `fn` ((lower(`a`))),
  ADD KEY `mv` ((cast(json_extract(`j`,_utf8mb4'$.tags') as char(20) array))),
  ADD FULLTEXT KEY `ft2` (`a`);

ALTER TABLE `t`
  ADD FULLTEXT KEY `ft3` (`a`,`b`);
