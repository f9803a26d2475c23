import fc from "fast-check";
import { expect, test } from "vitest";
import { PacketFramer } from "#binlog";

/** Packets as the server writes them: parts of at most 16 MB less one byte, a full part followed by another one. */
function framed(payloads: readonly Buffer[], sequence = 1): Buffer {
  let next = sequence;
  const parts = payloads.flatMap((payload) => {
    const written: Buffer[] = [];
    for (let at = 0; ; at += 0xff_ffff) {
      const part = payload.subarray(at, at + 0xff_ffff);
      const header = Buffer.alloc(4);
      header.writeUIntLE(part.length, 0, 3);
      header.writeUInt8(next & 0xff, 3);
      next += 1;
      written.push(header, part);
      if (part.length < 0xff_ffff) return written;
    }
  });
  return Buffer.concat(parts);
}

function drained(framer: PacketFramer): Buffer[] {
  const packets: Buffer[] = [];
  for (let packet = framer.next(); packet !== undefined; packet = framer.next()) packets.push(packet);
  return packets;
}

test("packets come out whole however the bytes were cut", () => {
  const packets = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 });
  fc.assert(
    fc.property(packets, fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (payloads, cuts) => {
      const whole = payloads.map((payload) => Buffer.from(payload));
      const bytes = framed(whole);
      const framer = new PacketFramer(1);
      const seen: Buffer[] = [];
      for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
        const size = cuts[turn % cuts.length] ?? 1;
        framer.push(bytes.subarray(at, at + size));
        at += size;
        seen.push(...drained(framer));
      }
      expect(seen.map((packet) => packet.toString("hex"))).toEqual(whole.map((packet) => packet.toString("hex")));
      expect(framer.size).toBe(0);
    }),
  );
});

test.each([0xff_fffe, 0xff_ffff, 0x1_000_000, 2 * 0xff_ffff])(
  "a packet of %d bytes is put together from its parts",
  (size) => {
    const payload = Buffer.alloc(size, "x");
    const bytes = framed([payload, Buffer.from("next")]);
    const framer = new PacketFramer(1);
    for (let at = 0; at < bytes.length; at += 1_000_000) framer.push(bytes.subarray(at, at + 1_000_000));
    const [first, second] = drained(framer);
    expect(first?.equals(payload)).toBe(true);
    expect(second?.toString()).toBe("next");
  },
);

test("a packet out of order is an error", () => {
  const framer = new PacketFramer(1);
  framer.push(framed([Buffer.from("a")], 2));
  expect(() => framer.next()).toThrow(/out of order/);
});
