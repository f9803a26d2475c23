/**
 * Temporal values as quoted literals. Layouts since MySQL 5.6: big-endian, offset so that they compare as bytes.
 *
 * @see my_time_packed_from_binary and its siblings in the server's my_time.cc
 */

/** A second's fraction has 24 bits in the packed form of a time. */
const FRACTION = 0x100_0000;

/** Three bytes: 15 bits of year, 4 of month, 5 of day. Zero parts are kept. */
export function dateLiteral(bytes: Buffer, at: number): string {
  const packed = bytes.readUIntLE(at, 3);
  return `'${digits(packed >> 9, 4)}-${digits((packed >> 5) & 15, 2)}-${digits(packed & 31, 2)}'`;
}

/** @param precision fractional digits, 0 to 6 */
export function timeLiteral(bytes: Buffer, at: number, precision: number): string {
  const packed = packedTime(bytes, at, precision);
  const magnitude = Math.abs(packed);
  const clock = Math.floor(magnitude / FRACTION);
  return `'${packed < 0 ? "-" : ""}${clockText(clock)}${fractionText(magnitude % FRACTION, precision)}'`;
}

export function datetimeLiteral(bytes: Buffer, at: number, precision: number): string {
  const packed = bytes.readUIntBE(at, 5) - 0x80_0000_0000;
  const day = Math.floor(packed / 0x2_0000);
  const months = day >> 5;
  const date = `${digits(Math.floor(months / 13), 4)}-${digits(months % 13, 2)}-${digits(day & 31, 2)}`;
  return `'${date} ${clockText(packed % 0x2_0000)}${fractionText(fraction(bytes, at + 5, precision), precision)}'`;
}

/** Seconds since 1970 in UTC; 0 is the zero timestamp, not 1970. */
export function timestampLiteral(bytes: Buffer, at: number, precision: number): string {
  const seconds = bytes.readUInt32BE(at);
  const micros = fractionText(fraction(bytes, at + 4, precision), precision);
  if (seconds === 0) return `'0000-00-00 00:00:00${micros}'`;
  const inDay = seconds % 86_400;
  const clock = `${digits(Math.floor(inDay / 3600), 2)}:${digits(Math.floor(inDay / 60) % 60, 2)}:${digits(inDay % 60, 2)}`;
  return `'${dateOfDay(Math.floor(seconds / 86_400))} ${clock}${micros}'`;
}

/** A number: as text, '0' would mean 2000. */
export function yearLiteral(bytes: Buffer, at: number): string {
  const offset = bytes.readUInt8(at);
  return offset === 0 ? "0" : String(1900 + offset);
}

function packedTime(bytes: Buffer, at: number, precision: number): number {
  if (precision > 4) return bytes.readUIntBE(at, 6) - 0x8000_0000_0000;
  const whole = bytes.readUIntBE(at, 3) - 0x80_0000;
  if (precision > 2) return withFraction(whole, bytes.readUInt16BE(at + 3), 0x1_0000, 100);
  if (precision > 0) return withFraction(whole, bytes.readUInt8(at + 3), 0x100, 10_000);
  return whole * FRACTION;
}

/** A negative time is written as the next lower second plus a fraction. */
function withFraction(whole: number, part: number, range: number, micros: number): number {
  if (whole >= 0 || part === 0) return whole * FRACTION + part * micros;
  return (whole + 1) * FRACTION + (part - range) * micros;
}

function fraction(bytes: Buffer, at: number, precision: number): number {
  if (precision > 4) return bytes.readUIntBE(at, 3);
  if (precision > 2) return bytes.readUInt16BE(at) * 100;
  return precision > 0 ? bytes.readUInt8(at) * 10_000 : 0;
}

function clockText(clock: number): string {
  return `${digits(clock >> 12, 2)}:${digits((clock >> 6) & 63, 2)}:${digits(clock & 63, 2)}`;
}

function fractionText(micros: number, precision: number): string {
  return precision === 0 ? "" : `.${digits(micros, 6).slice(0, precision)}`;
}

/** A day since 1970-01-01 as a date of the Gregorian calendar. @see https://howardhinnant.github.io/date_algorithms.html */
function dateOfDay(day: number): string {
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const ofEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * ofYear + 2) / 153);
  const dayOfMonth = ofYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${digits(year, 4)}-${digits(month, 2)}-${digits(dayOfMonth, 2)}`;
}

function digits(value: number, count: number): string {
  return String(value).padStart(count, "0");
}
