CREATE TABLE `t1` (
  `id` bigint unsigned NOT NULL AUTO_INCREMENT,
  `a` tinyint(1) DEFAULT NULL,
  `b` int(5) unsigned zerofill DEFAULT NULL,
  `c` decimal(10,2) NOT NULL DEFAULT '0.00',
  `d` float DEFAULT NULL,
  `e` double(10,2) DEFAULT NULL,
  `f` bit(3) DEFAULT b'101',
  `g` char(5) CHARACTER SET latin1 COLLATE latin1_swedish_ci DEFAULT NULL,
  `h` varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT 'it''s \\ x',
  `i` text,
  `j` tinyblob,
  `k` enum('a','b''c') CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci DEFAULT NULL,
  `l` set('x','y') DEFAULT NULL,
  `m` json DEFAULT NULL,
  `n` geometry NOT NULL /*!80003 SRID 4326 */,
  `o` point DEFAULT NULL,
  `p` date DEFAULT '2020-01-01',
  `q` datetime(3) DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
  `r` timestamp NULL DEFAULT NULL,
  `s` time DEFAULT NULL,
  `u` year DEFAULT NULL,
  `v` int GENERATED ALWAYS AS ((`b` + 1)) VIRTUAL,
  `w` int GENERATED ALWAYS AS ((`a` + 1)) STORED NOT NULL,
  `x` int DEFAULT '3' /*!80023 INVISIBLE */,
  `y` int DEFAULT ((1 + 2)),
  `z` varchar(30) DEFAULT (uuid()) COMMENT 'co''mm\\e\nnt',
  `aa` json DEFAULT (json_array()),
  `bb` vector(3) DEFAULT NULL,
  `cc` varbinary(20) DEFAULT 'ab',
  `dd` binary(3) DEFAULT 'a\0b',
  PRIMARY KEY (`id`),
  UNIQUE KEY `k3` (`h`(5)) COMMENT 'x',
  KEY `k1` (`b` DESC,`c`),
  SPATIAL KEY `k5` (`n`),
  KEY `k6` (`c`) /*!80000 INVISIBLE */,
  KEY `k8` (`b`) USING BTREE KEY_BLOCK_SIZE=4,
  KEY `k2` (((`a` + 1))),
  KEY `k7` ((cast(json_extract(`m`,_utf8mb4'$.a') as unsigned array))),
  FULLTEXT KEY `k4` (`i`) /*!50100 WITH PARSER `ngram` */ ,
  CONSTRAINT `ch1` CHECK ((`b` > 3)),
  CONSTRAINT `t1_chk_1` CHECK ((`c` <> 0)) /*!80016 NOT ENFORCED */
) ENGINE=InnoDB AUTO_INCREMENT=17 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci MIN_ROWS=2 MAX_ROWS=100 AVG_ROW_LENGTH=20 PACK_KEYS=1 STATS_PERSISTENT=0 STATS_AUTO_RECALC=1 STATS_SAMPLE_PAGES=20 CHECKSUM=1 DELAY_KEY_WRITE=1 ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8 COMMENT='ta''ble';

CREATE TABLE `t2` (
  `id` int DEFAULT NULL,
  `a` varchar(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin GENERATED ALWAYS AS (concat(`id`,_utf8mb4'x')) STORED NOT NULL /*!80023 INVISIBLE */ COMMENT 'c',
  `b` int GENERATED ALWAYS AS (`id`) VIRTUAL,
  `g` geometry NOT NULL /*!80003 SRID 0 */ /*!80023 INVISIBLE */ COMMENT 'x',
  `c` timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP /*!80023 INVISIBLE */ COMMENT 'x',
  `d` int NOT NULL DEFAULT '0' /*!80023 INVISIBLE */,
  `e` varchar(5) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT (1),
  `f` point NOT NULL /*!80003 SRID 4326 */ DEFAULT (point(1,1)) COMMENT 'x',
  UNIQUE KEY `b` (`b`)
) /*!50100 TABLESPACE `innodb_file_per_table` STORAGE DISK */ /*!80023 AUTOEXTEND_SIZE=4194304 */ ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci COMPRESSION='zlib' COMMENT='a\nb	c\0d"\\%_' CONNECTION='x';

CREATE TABLE `e2` (
  `id` int /*!50606 COLUMN_FORMAT DYNAMIC */ DEFAULT NULL,
  `ser` bigint unsigned NOT NULL AUTO_INCREMENT,
  `a` varchar(30) DEFAULT 'a''b\\c"\n\0é',
  `b` varchar(5) DEFAULT NULL COMMENT 'é''\\"\n',
  `ck` int DEFAULT NULL,
  `c` enum('a','','x,y','q\\z','n\nl') DEFAULT NULL,
  `d` char(0) DEFAULT NULL,
  `e` char(1) DEFAULT NULL,
  `f` binary(1) DEFAULT NULL,
  `g` bit(1) DEFAULT NULL,
  `h` tinyint unsigned DEFAULT NULL,
  `i` year DEFAULT NULL,
  `j` time(6) DEFAULT NULL,
  `k` decimal(65,30) unsigned zerofill DEFAULT NULL,
  `l` varbinary(20) DEFAULT 'a\0b',
  UNIQUE KEY `ser` (`ser`),
  CONSTRAINT `e2_chk_1` CHECK ((`ck` > 1))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `we``ird na"me` (
  `a``b` int DEFAULT NULL,
  `c d` int DEFAULT '3',
  KEY `i``x` (`a``b`),
  CONSTRAINT `we``ird na"me_chk_1` CHECK ((`a``b` > `c d`))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `pl` (
  `id` int NOT NULL,
  `c` varchar(5) DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci
/*!50500 PARTITION BY LIST  COLUMNS(c)
(PARTITION pa VALUES IN ('a','b') ENGINE = InnoDB,
 PARTITION pb VALUES IN ('it''s') ENGINE = InnoDB) */;

CREATE TABLE `jj` (
  `id` int DEFAULT NULL,
  `j` json DEFAULT NULL,
  `a` varchar(20) DEFAULT 'ü(',
  `b` varchar(20) GENERATED ALWAYS AS (concat(_utf8mb4')(',_utf8mb4'\'\\"`',`a`)) VIRTUAL,
  UNIQUE KEY `kk` ((cast(json_unquote(json_extract(`j`,_utf8mb4'$.x')) as char(10) array))),
  KEY `a` (`id`),
  KEY `vv` (`id`) COMMENT 'both' /*!80000 INVISIBLE */,
  KEY `k3` ((cast(json_unquote(json_extract(`j`,_utf8mb4'$.y')) as char(10) charset latin1)) DESC),
  FULLTEXT KEY `ff` (`a`) COMMENT 'fc' /*!80000 INVISIBLE */ /*!50100 WITH PARSER `ngram` */ 
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `p1` (
  `id` int NOT NULL,
  `d` date NOT NULL,
  PRIMARY KEY (`id`,`d`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci
/*!50100 PARTITION BY RANGE (year(`d`))
SUBPARTITION BY HASH (`id`)
SUBPARTITIONS 2
(PARTITION p0 VALUES LESS THAN (2000) COMMENT = 'x' ENGINE = InnoDB,
 PARTITION p1 VALUES LESS THAN MAXVALUE ENGINE = InnoDB) */;

CREATE TABLE `p2` (
  `id` int NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci
/*!50100 PARTITION BY KEY (id)
PARTITIONS 4 */;

CREATE TABLE `f1` (
  `id` int NOT NULL,
  `a` int DEFAULT NULL,
  `b` int DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `fk_x` (`a`,`b`),
  CONSTRAINT `f1_ibfk_1` FOREIGN KEY (`a`) REFERENCES `f1` (`id`) ON UPDATE RESTRICT,
  CONSTRAINT `fk_x` FOREIGN KEY (`a`, `b`) REFERENCES `y`.`par` (`x`, `y`) ON DELETE SET NULL ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=latin1;

CREATE TABLE `s1` (
  `id` int NOT NULL,
  `t1` varchar(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci DEFAULT NULL,
  `t2` varchar(10) CHARACTER SET latin1 COLLATE latin1_bin DEFAULT NULL,
  `t3` varbinary(3) DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `inv` (
  `id` int NOT NULL AUTO_INCREMENT /*!80023 INVISIBLE */,
  `a` bit(1) DEFAULT b'0',
  `b` datetime DEFAULT '0000-00-00 00:00:00',
  `c` float(5,2) unsigned DEFAULT NULL,
  `d` double DEFAULT NULL,
  `e` decimal(5,0) DEFAULT NULL,
  `f` tinyint(1) DEFAULT '1',
  `g` mediumtext,
  `h` char(4) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci DEFAULT NULL,
  `i` varchar(4) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci DEFAULT NULL,
  `j` mediumtext CHARACTER SET latin1 COLLATE latin1_german1_ci,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `se` (
  `id` int NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci SECONDARY_ENGINE=rapid;

CREATE TABLE `ce` (
  `id` int DEFAULT NULL,
  CONSTRAINT `abc` CHECK ((`id` > 2)) /*!80016 NOT ENFORCED */,
  CONSTRAINT `ce_chk_1` CHECK (((`id` in (1,2,3)) and (`id` is not null))),
  CONSTRAINT `zed` CHECK ((`id` > 1))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` int DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `a` int DEFAULT NULL,
  `id` int NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` int DEFAULT NULL,
  `b` int DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `b` int DEFAULT NULL,
  `a` int DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` bigint DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` int unsigned DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` int(5) unsigned zerofill DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` tinyint(1) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` varchar(200) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` decimal(12,3) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` double DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` bit(9) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` timestamp NULL DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` int NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` int DEFAULT '3',
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` varchar(20) DEFAULT 'it''s \\ "b"',
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` varchar(20) DEFAULT '',
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` bit(3) DEFAULT b'101',
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` int DEFAULT ((1 + 2)),
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` varchar(40) DEFAULT (uuid()),
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` datetime DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` datetime DEFAULT NULL ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL AUTO_INCREMENT,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` int DEFAULT NULL /*!80023 INVISIBLE */,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` int DEFAULT NULL COMMENT 'it''s\na',
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` varchar(20) CHARACTER SET latin1 COLLATE latin1_swedish_ci DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` varchar(20) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=latin1;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=latin1;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` varchar(20) COLLATE utf8mb4_bin DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` enum('a','x','b') DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` set('a','b','it''s') DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` json DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` point NOT NULL /*!80003 SRID 4326 */,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` int DEFAULT NULL,
  `g` int GENERATED ALWAYS AS ((`a` + 1)) VIRTUAL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` int DEFAULT NULL,
  `g` int GENERATED ALWAYS AS ((`a` + 2)) VIRTUAL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` int DEFAULT NULL,
  `g` int GENERATED ALWAYS AS ((`a` + 1)) STORED,
  PRIMARY KEY (`id`),
  KEY `g` (`g`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` int DEFAULT NULL,
  `g` int DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` int DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `ka` (`a`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` int DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `kb` (`a`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` int DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `ka` (`a`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` int NOT NULL,
  PRIMARY KEY (`id`,`a`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` varchar(50) DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `ka` (`a`(9))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` int DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `ka` (`a` DESC)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` int DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `kf` (((`a` + 1)))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` json DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `km` ((cast(json_extract(`a`,_utf8mb4'$.x') as unsigned array)))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` int DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `ka` (`a`) /*!80000 INVISIBLE */
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` int DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `ka` (`a`) COMMENT 'x'
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` text,
  PRIMARY KEY (`id`),
  FULLTEXT KEY `kf` (`a`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` text,
  `b` text,
  PRIMARY KEY (`id`),
  FULLTEXT KEY `ka` (`a`),
  FULLTEXT KEY `kb` (`b`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` text,
  PRIMARY KEY (`id`),
  FULLTEXT KEY `kf` (`a`) /*!50100 WITH PARSER `ngram` */ 
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` point NOT NULL /*!80003 SRID 0 */,
  PRIMARY KEY (`id`),
  SPATIAL KEY `ks` (`a`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` int DEFAULT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `c` CHECK ((`a` > 0))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` int DEFAULT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `c` CHECK ((`a` > 1))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` int DEFAULT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `c` CHECK ((`a` > 0)) /*!80016 NOT ENFORCED */
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `b` int DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` int DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `ka` (`a`),
  CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `p` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` int DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `ka` (`a`),
  CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `p` (`id`) ON DELETE CASCADE ON UPDATE SET NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci COMMENT='it''s';

CREATE TABLE `t` (
  `id` int NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8;

CREATE TABLE `t` (
  `id` int NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci STATS_PERSISTENT=0 STATS_AUTO_RECALC=1 STATS_SAMPLE_PAGES=20;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `abc` int DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `ka` (`abc`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `i``d` int NOT NULL,
  `a b` int DEFAULT NULL,
  `c("'` int DEFAULT NULL,
  PRIMARY KEY (`i``d`),
  KEY `k``` (`c("'`),
  CONSTRAINT `c c` CHECK ((`c("'` <> _utf8mb4')'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` int /*!50606 STORAGE DISK */ /*!50606 COLUMN_FORMAT FIXED */ DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `a` int GENERATED ALWAYS AS ((`k0` + 3)) STORED,
  `c` enum('a','b','c') NOT NULL DEFAULT 'b',
  `id` int NOT NULL,
  `k0` int NOT NULL,
  `k1` varchar(30) DEFAULT NULL,
  `k2` varchar(60) DEFAULT NULL,
  PRIMARY KEY (`id`,`k0`),
  KEY `kf` (((`k0` + 1))),
  FULLTEXT KEY `ft1` (`k1`),
  CONSTRAINT `ch` CHECK ((`k0` > 1))
) ENGINE=InnoDB DEFAULT CHARSET=latin1;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `k0` int NOT NULL,
  `k1` varchar(30) DEFAULT NULL,
  `k2` varchar(60) DEFAULT NULL,
  PRIMARY KEY (`k0`,`id`),
  UNIQUE KEY `i1` (`k0`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `g` point NOT NULL /*!80003 SRID 4326 */,
  `f` varbinary(30) DEFAULT NULL,
  `e` mediumtext COMMENT 'x',
  `b` time(2) DEFAULT NULL,
  `d` text,
  `id` int NOT NULL,
  `k0` int NOT NULL,
  `k1` varchar(30) DEFAULT NULL,
  `k2` varchar(60) DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `i0` (`b`,`f`) /*!80000 INVISIBLE */,
  KEY `kp` (`k2`(5)),
  KEY `kk0` (`k0`),
  KEY `kf` (((`k0` + 1))),
  FULLTEXT KEY `ft1` (`k1`),
  FULLTEXT KEY `ft2` (`k1`,`k2`),
  CONSTRAINT `ch` CHECK ((`k0` > 1)),
  CONSTRAINT `ch2` CHECK ((`k1` <> _utf8mb4'x')) /*!80016 NOT ENFORCED */
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci ROW_FORMAT=COMPRESSED;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `k0` int NOT NULL,
  `k1` varchar(30) DEFAULT NULL,
  `k2` varchar(60) DEFAULT NULL,
  `a` decimal(12,4) NOT NULL DEFAULT '0.0000',
  PRIMARY KEY (`id`),
  CONSTRAINT `ch` CHECK ((`k0` > 1))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `f` decimal(12,4) NOT NULL DEFAULT '0.0000',
  `id` int NOT NULL,
  `k0` int NOT NULL,
  `k1` varchar(30) DEFAULT NULL,
  `k2` varchar(60) DEFAULT NULL,
  PRIMARY KEY (`id`,`k0`),
  KEY `i0` (`k0` DESC,`k1`) /*!80000 INVISIBLE */,
  KEY `kf` (((`k0` + 1)))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `k0` int NOT NULL,
  `k1` varchar(30) DEFAULT NULL,
  `k2` varchar(60) DEFAULT NULL,
  `a` int GENERATED ALWAYS AS ((`k0` + 3)) STORED,
  PRIMARY KEY (`k0`,`id`),
  UNIQUE KEY `i3` (`k1` DESC,`k0`),
  KEY `i2` (`k1`) /*!80000 INVISIBLE */,
  FULLTEXT KEY `ft2` (`k1`,`k2`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci COMMENT='c';

CREATE TABLE `t` (
  `id` int NOT NULL,
  `k0` int NOT NULL,
  `k1` varchar(30) DEFAULT NULL,
  `k2` varchar(60) DEFAULT NULL,
  PRIMARY KEY (`k0`,`id`),
  KEY `kk0` (`k0`),
  CONSTRAINT `ch` CHECK ((`k0` > 1)),
  CONSTRAINT `ch2` CHECK ((`k1` <> _utf8mb4'x')) /*!80016 NOT ENFORCED */
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci COMMENT='c';

CREATE TABLE `t` (
  `id` int NOT NULL,
  `k0` int NOT NULL,
  `k1` varchar(30) DEFAULT NULL,
  `k2` varchar(60) DEFAULT NULL,
  `e` int DEFAULT ((1 + 2)),
  PRIMARY KEY (`id`,`k0`),
  KEY `i1` (`k1`) /*!80000 INVISIBLE */,
  KEY `i3` (`e`),
  KEY `kp` (`k2`(5)),
  KEY `fk` (`k0`),
  FULLTEXT KEY `ft1` (`k1`),
  FULLTEXT KEY `ft2` (`k1`,`k2`),
  CONSTRAINT `fk` FOREIGN KEY (`k0`) REFERENCES `p` (`id`) ON DELETE CASCADE,
  CONSTRAINT `ch` CHECK ((`k0` > 1)),
  CONSTRAINT `ch2` CHECK ((`k1` <> _utf8mb4'x')) /*!80016 NOT ENFORCED */
) ENGINE=InnoDB DEFAULT CHARSET=latin1;

CREATE TABLE `t` (
  `c` int GENERATED ALWAYS AS ((`k0` + 1)) VIRTUAL,
  `d` point DEFAULT NULL,
  `e` decimal(10,2) DEFAULT NULL,
  `b` blob,
  `g` text,
  `id` int NOT NULL,
  `k0` int NOT NULL,
  `k1` varchar(30) DEFAULT NULL,
  `k2` varchar(60) DEFAULT NULL,
  PRIMARY KEY (`id`,`k0`),
  UNIQUE KEY `i3` (`k0`),
  UNIQUE KEY `i0` (`k1`),
  KEY `kp` (`k2`(5)),
  KEY `kk0` (`k0`),
  KEY `i1` (`c`) /*!80000 INVISIBLE */,
  KEY `i2` (`c`),
  FULLTEXT KEY `ft2` (`k1`,`k2`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `g` bigint DEFAULT NULL,
  `a` varchar(200) DEFAULT 'a\\b',
  `id` int NOT NULL,
  `k0` int NOT NULL,
  `k1` varchar(30) DEFAULT NULL,
  `k2` varchar(60) DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `kk0` (`k0`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `k0` int NOT NULL,
  `k1` varchar(30) DEFAULT NULL,
  `k2` varchar(60) DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `kk0` (`k0`),
  FULLTEXT KEY `ft1` (`k1`),
  FULLTEXT KEY `ft2` (`k1`,`k2`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci COMMENT='c';

CREATE TABLE `t` (
  `id` int NOT NULL,
  `k0` int NOT NULL,
  `k1` varchar(30) DEFAULT NULL,
  `k2` varchar(60) DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `i0` (`k1`),
  FULLTEXT KEY `ft1` (`k1`),
  CONSTRAINT `ch2` CHECK ((`k1` <> _utf8mb4'x')) /*!80016 NOT ENFORCED */
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci STATS_PERSISTENT=0;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `k0` int NOT NULL,
  `k1` varchar(30) DEFAULT NULL,
  `k2` varchar(60) DEFAULT NULL,
  `d` datetime(3) DEFAULT CURRENT_TIMESTAMP(3),
  `a` year DEFAULT NULL,
  `b` int DEFAULT ((1 + 2)),
  PRIMARY KEY (`id`,`k0`),
  KEY `kf` (((`k0` + 1))),
  FULLTEXT KEY `ft1` (`k1`),
  FULLTEXT KEY `ft2` (`k1`,`k2`),
  CONSTRAINT `ch` CHECK ((`k0` > 1)),
  CONSTRAINT `ch2` CHECK ((`k1` <> _utf8mb4'x')) /*!80016 NOT ENFORCED */
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `b` varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL,
  `e` set('x','y') DEFAULT NULL,
  `d` int GENERATED ALWAYS AS ((`k0` * 2)) STORED NOT NULL,
  `a` smallint DEFAULT '3' COMMENT 'it''s',
  `g` varchar(20) DEFAULT NULL,
  `f` varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL,
  `id` int NOT NULL,
  `k0` int NOT NULL,
  `k1` varchar(30) DEFAULT NULL,
  `k2` varchar(60) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `i0` (`k0`) /*!80000 INVISIBLE */,
  KEY `kp` (`k2`(5)),
  FULLTEXT KEY `ft1` (`k1`),
  CONSTRAINT `ch` CHECK ((`k0` > 1))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `k0` int NOT NULL,
  `k1` varchar(30) COLLATE utf8mb4_bin DEFAULT NULL,
  `k2` varchar(60) COLLATE utf8mb4_bin DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `i0` (`k1`) /*!80000 INVISIBLE */,
  KEY `kk0` (`k0`),
  CONSTRAINT `ch` CHECK ((`k0` > 1)),
  CONSTRAINT `ch2` CHECK ((`k1` <> _utf8mb4'x')) /*!80016 NOT ENFORCED */
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `k0` int NOT NULL,
  `k1` varchar(30) COLLATE utf8mb4_bin DEFAULT NULL,
  `k2` varchar(60) COLLATE utf8mb4_bin DEFAULT NULL,
  `f` bigint DEFAULT NULL,
  `g` int NOT NULL,
  `d` enum('a','b') COLLATE utf8mb4_bin DEFAULT NULL,
  PRIMARY KEY (`k0`,`id`),
  CONSTRAINT `fk` FOREIGN KEY (`k0`) REFERENCES `p` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `k0` int NOT NULL,
  `k1` varchar(30) DEFAULT NULL,
  `k2` varchar(60) DEFAULT NULL,
  PRIMARY KEY (`k0`,`id`),
  KEY `kp` (`k2`(5)),
  FULLTEXT KEY `ft2` (`k1`,`k2`),
  CONSTRAINT `fk` FOREIGN KEY (`k0`) REFERENCES `p` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci COMMENT='c';

CREATE TABLE `t` (
  `g` varchar(36) DEFAULT (concat(_utf8mb4'a',_utf8mb4'b')),
  `b` bit(5) DEFAULT b'101',
  `a` binary(8) DEFAULT NULL,
  `f` bigint DEFAULT NULL,
  `c` date NOT NULL,
  `id` int NOT NULL,
  `k0` int NOT NULL,
  `k1` varchar(30) DEFAULT NULL,
  `k2` varchar(60) DEFAULT NULL,
  PRIMARY KEY (`id`,`k0`),
  CONSTRAINT `ch2` CHECK ((`k1` <> _utf8mb4'x')) /*!80016 NOT ENFORCED */
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci STATS_PERSISTENT=0;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `k0` int NOT NULL,
  `k1` varchar(30) DEFAULT NULL,
  `k2` varchar(60) DEFAULT NULL,
  `c` bit(5) DEFAULT b'101',
  `e` int DEFAULT NULL /*!80023 INVISIBLE */,
  `f` timestamp NULL DEFAULT NULL ON UPDATE CURRENT_TIMESTAMP,
  `g` mediumtext COMMENT 'x',
  `b` int unsigned NOT NULL DEFAULT '7',
  PRIMARY KEY (`k0`,`id`),
  KEY `i0` (`e`),
  KEY `i1` (`b`,`k1`),
  CONSTRAINT `fk` FOREIGN KEY (`k0`) REFERENCES `p` (`id`) ON DELETE CASCADE,
  CONSTRAINT `ch` CHECK ((`k0` > 1))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci COMMENT='c';

CREATE TABLE `t` (
  `id` int NOT NULL,
  `k0` int NOT NULL,
  `k1` varchar(30) DEFAULT NULL,
  `k2` varchar(60) DEFAULT NULL,
  `d` int NOT NULL,
  `c` date NOT NULL,
  PRIMARY KEY (`id`,`k0`),
  KEY `i0` (`k1`),
  KEY `kp` (`k2`(5)),
  CONSTRAINT `ch` CHECK ((`k0` > 1)),
  CONSTRAINT `ch2` CHECK ((`k1` <> _utf8mb4'x')) /*!80016 NOT ENFORCED */
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `t` (
  `id` int NOT NULL,
  `k0` int NOT NULL,
  `k1` varchar(30) DEFAULT NULL,
  `k2` varchar(60) DEFAULT NULL,
  `e` date NOT NULL,
  PRIMARY KEY (`id`),
  KEY `kf` (((`k0` + 1))),
  FULLTEXT KEY `ft1` (`k1`),
  FULLTEXT KEY `ft2` (`k1`,`k2`),
  CONSTRAINT `ch2` CHECK ((`k1` <> _utf8mb4'x')) /*!80016 NOT ENFORCED */
) ENGINE=InnoDB DEFAULT CHARSET=latin1;

CREATE TABLE `t` (
  `b` int DEFAULT NULL,
  `a` int GENERATED ALWAYS AS ((`k0` * 2)) STORED NOT NULL,
  `g` varchar(30) GENERATED ALWAYS AS (concat(`k1`,_utf8mb4'1')) VIRTUAL COMMENT 'g',
  `d` decimal(10,2) DEFAULT NULL,
  `e` decimal(10,2) DEFAULT NULL,
  `f` datetime(3) DEFAULT CURRENT_TIMESTAMP(3),
  `id` int NOT NULL,
  `k0` int NOT NULL,
  `k1` varchar(30) DEFAULT NULL,
  `k2` varchar(60) DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `i0` (`d`,`k1`,`b`),
  KEY `i1` (`b` DESC,`k1`),
  KEY `i2` (`d` DESC,`a` DESC,`k1`) /*!80000 INVISIBLE */
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci STATS_PERSISTENT=0;

CREATE TABLE `t` (
  `b` int NOT NULL,
  `g` int unsigned NOT NULL DEFAULT '7',
  `a` date NOT NULL,
  `d` bit(5) DEFAULT b'101',
  `c` varbinary(30) DEFAULT NULL,
  `f` point NOT NULL /*!80003 SRID 4326 */,
  `id` int NOT NULL,
  `k0` int NOT NULL,
  `k1` varchar(30) DEFAULT NULL,
  `k2` varchar(60) DEFAULT NULL,
  PRIMARY KEY (`id`,`k0`),
  UNIQUE KEY `i0` (`b`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci STATS_PERSISTENT=0;
