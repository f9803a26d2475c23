import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../support/servers-folder.ts";
import { machineSources, mainSource, printSource } from "../../scripts/setup/apt-sources.ts";

const DEB822 = `# written by the installer
Types: deb deb-src
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
`;
const INLINE_KEY = `Types: deb
URIs: https://mirror.example/debian/
Suites: trixie
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abc
 -----END PGP PUBLIC KEY BLOCK-----
`;
const CLASSIC = `# comment
deb-src http://mirror.example/debian bookworm main
deb [arch=amd64 signed-by=/etc/keys/vendor.gpg] https://vendor.example/apt bookworm main
deb [signed-by=/etc/keys/debian.gpg] http://mirror.example/debian bookworm main contrib # the release
deb http://mirror.example/debian-security bookworm-security main
`;

function machine(files: Readonly<Record<string, string>>): ReturnType<typeof machineSources> {
  const etc = temporaryFolder("etc-apt");
  mkdirSync(join(etc, "sources.list.d"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(etc, name), text);
  return machineSources(etc);
}

test.each([
  [
    "deb822",
    { "sources.list.d/debian.sources": DEB822 },
    "bookworm",
    "http://mirror.example/debian",
    "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n",
  ],
  [
    "classic",
    { "sources.list": CLASSIC },
    "bookworm",
    "http://mirror.example/debian",
    "Signed-By: /etc/keys/debian.gpg\n",
  ],
  [
    "an inline key",
    { "sources.list.d/debian.sources": INLINE_KEY },
    "trixie",
    "https://mirror.example/debian/",
    "Signed-By: \n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc\n",
  ],
])("the mirror and key of the machine's own release serve another suite (%s)", (_kind, files, codename, uri, key) => {
  const source = mainSource(machine(files), codename);
  expect(source?.uri).toBe(uri);
  const printed = source === undefined ? "" : printSource(source, "sid");
  expect(printed).toContain(`URIs: ${uri}\nSuites: sid\nComponents: main\n`);
  expect(printed).toContain(key);
});

test("disabled sources, foreign suites and files of other programs are not taken", () => {
  const files = {
    "sources.list.d/off.sources": `Enabled: no\n${DEB822}`.replace("# written by the installer\n", ""),
    "sources.list.d/vendor.list": "deb https://vendor.example/debian nodistro main\n",
    "sources.list.d/debian.sources.bak": INLINE_KEY,
  };
  expect(mainSource(machine(files), "trixie")).toBeUndefined();
});
