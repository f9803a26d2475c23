import { CodedError } from "#kernel";
import type { ShopFiles } from "./files.ts";

interface Edit {
  readonly file: string;
  readonly find: string;
  readonly put: string;
}

const EDITS: readonly Edit[] = [
  {
    file: "carts.sql",
    find: "  total DECIMAL(12, 2) NOT NULL DEFAULT '0.00',\n",
    put: "  total DECIMAL(12, 2) NOT NULL DEFAULT '0.00',\n  coupon_code VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin DEFAULT NULL,\n",
  },
  { file: "reviews.sql", find: "  title VARCHAR(80) NOT NULL,\n", put: "  title VARCHAR(200) NOT NULL,\n" },
  {
    file: "stock_movements.sql",
    find: "  KEY stock_movements_product (product_id, moved_at)\n",
    put: "  KEY stock_movements_product (product_id, moved_at),\n  KEY stock_movements_warehouse (warehouse, moved_at)\n",
  },
];

const COUPONS = `CREATE TABLE coupons (
  code VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  percent DECIMAL(5, 2) NOT NULL,
  valid_until DATE DEFAULT NULL,
  rules JSON DEFAULT NULL,
  PRIMARY KEY (code),
  KEY coupons_valid (valid_until)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci COMMENT='Money off, by code';
`;

/** Tables that the demo's change alters, and the one it creates. */
export const changedTables = ["carts", "reviews", "stock_movements"] as const;
export const createdTables = ["coupons"] as const;

/**
 * The schema as the demo's pull request wants it: coupons. A column is added, one widened, an index added, a table
 * created; everything else stays byte for byte.
 *
 * @throws CodedError `sandbox/shop-edit-misses` when a file no longer has the line that is edited
 */
export function changeShop(files: ShopFiles): ShopFiles {
  const changed: Record<string, string> = { ...files, "coupons.sql": COUPONS };
  for (const { file, find, put } of EDITS) {
    const before = changed[file];
    if (before === undefined || before.split(find).length !== 2) {
      throw new CodedError("sandbox/shop-edit-misses", `${file} does not have the line that the demo changes, once`);
    }
    changed[file] = before.replace(find, put);
  }
  return changed;
}
