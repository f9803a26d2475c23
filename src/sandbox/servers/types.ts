/** A private MySQL server: own folder, own free port on loopback, ended by process id, nothing left behind. */
export interface MysqlServer extends AsyncDisposable {
  readonly host: "127.0.0.1";
  readonly port: number;
  readonly socketPath: string;
  readonly version: string;
  readonly dataDir: string;
  pid(): number;
  /** `mysql://root@127.0.0.1:<port>/<database>`; root has no password and may connect over TCP from loopback. */
  dsn(database?: string): string;
  /** `SIGKILL` for crash tests; resolves when the process is gone. The data stays for `restart`. */
  kill(signal: "SIGKILL" | "SIGTERM"): Promise<void>;
  /** Starts again on the same port and data; resolves when it answers and is still the same process 2 s later. */
  restart(): Promise<void>;
}

export interface MysqlOptions {
  /** More mysqld options, such as `--gtid-mode=OFF`; they win over the defaults. */
  readonly args?: readonly string[];
  /** Part of the folder's name, for people who look. */
  readonly label?: string;
}

/** A private Redis on a unix socket in a temporary folder, append-only file on. */
export interface RedisServer extends AsyncDisposable {
  readonly socketPath: string;
  pid(): number;
  kill(signal: "SIGKILL" | "SIGTERM"): Promise<void>;
  restart(): Promise<void>;
}
