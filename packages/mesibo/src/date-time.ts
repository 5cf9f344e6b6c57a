const dayMs = 86_400_000;

const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const defaults = { today: '', yesterday: '', monthFirst: undefined as boolean | undefined };
/** What the user's locale does; asked once, because Intl is too slow for templates that run on every digest. */
const locale = { hour12: undefined as boolean | undefined, monthFirst: undefined as boolean | undefined };

/**
 * A moment in the local time zone. `month` is 0-11 and `wday` 0-6 from Sunday, as in Date.
 *
 * @example
 * new MesiboDateTime(Date.now()).getDate(true, 'Today', 'Yesterday'); // 'Today'
 */
export class MesiboDateTime {
  /** Milliseconds since 1970; 0 when there is no time. */
  ts = 0;
  year = 0;
  month = 0;
  day = 0;
  hour = 0;
  min = 0;
  sec = 0;
  wday = 0;

  constructor(ts = 0) {
    this.setTimestamp(ts);
  }

  setTimestamp(ts: number): void {
    const date = new Date(ts);
    this.ts = ts;
    this.year = date.getFullYear();
    this.month = date.getMonth();
    this.day = date.getDate();
    this.hour = date.getHours();
    this.min = date.getMinutes();
    this.sec = date.getSeconds();
    this.wday = date.getDay();
  }

  isValid(): boolean {
    return this.ts > 0;
  }

  isToday(): boolean {
    return this.getDaysElapsed() === 0;
  }

  isYesterday(): boolean {
    return this.getDaysElapsed() === 1;
  }

  /** Calendar days since then: 0 today, 1 yesterday. */
  getDaysElapsed(): number {
    const now = new Date();
    const today = Date.UTC(now.getFullYear(), now.getMonth(), now.getDate());
    return Math.round((today - Date.UTC(this.year, this.month, this.day)) / dayMs);
  }

  getSecondsElapsed(): number {
    return Math.floor((Date.now() - this.ts) / 1000);
  }

  getMonthName(): string {
    return monthNames[this.month] ?? '';
  }

  /** `today` and `yesterday` replace the date on those days; without them the date is always written out. */
  getDate(
    monthFirst = MesiboDateTime.isMonthFirstDateFormat(),
    today = defaults.today,
    yesterday = defaults.yesterday,
    numerical = false,
  ): string {
    const elapsed = this.getDaysElapsed();
    if (elapsed === 0 && today !== '') return today;
    if (elapsed === 1 && yesterday !== '') return yesterday;
    if (numerical) return this.getNumericalDate(monthFirst);
    const month = this.getMonthName();
    return monthFirst ? `${month} ${this.day}, ${this.year}` : `${this.day} ${month} ${this.year}`;
  }

  getNumericalDate(monthFirst = MesiboDateTime.isMonthFirstDateFormat()): string {
    const month = this.month + 1;
    return monthFirst ? `${month}/${this.day}/${this.year}` : `${this.day}/${month}/${this.year}`;
  }

  getTime(seconds = false): string {
    const minutes = `${pad(this.min)}${seconds ? `:${pad(this.sec)}` : ''}`;
    if (MesiboDateTime.is24HourTimeFormat()) return `${pad(this.hour)}:${minutes}`;
    return `${this.hour % 12 === 0 ? 12 : this.hour % 12}:${minutes} ${this.hour < 12 ? 'AM' : 'PM'}`;
  }

  /** "just now", "5 minutes ago", "2 hours ago", "yesterday"; the date when it is a week or more ago. */
  getDateInNaturalLanguage(_accuracy = 0): string {
    const seconds = this.getSecondsElapsed();
    if (seconds < 60) return 'just now';
    if (seconds < 3600) return ago(Math.floor(seconds / 60), 'minute');
    const days = this.getDaysElapsed();
    if (days === 0) return ago(Math.floor(seconds / 3600), 'hour');
    if (days === 1) return `yesterday at ${this.getTime()}`;
    if (days < 7) return ago(days, 'day');
    return this.getDate();
  }

  /** The v1 generation printed `m.date.date` and `m.date.time`. */
  get date(): string {
    return this.getDate(undefined, 'Today', 'Yesterday');
  }

  get time(): string {
    return this.getTime();
  }

  get daysElapsed(): number {
    return this.getDaysElapsed();
  }

  static isMonthFirstDateFormat(): boolean {
    if (defaults.monthFirst !== undefined) return defaults.monthFirst;
    locale.monthFirst ??= new Intl.DateTimeFormat().formatToParts(new Date())[0]?.type === 'month';
    return locale.monthFirst;
  }

  static is24HourTimeFormat(): boolean {
    locale.hour12 ??=
      new Intl.DateTimeFormat(undefined, { hour: 'numeric' }).resolvedOptions().hour12 ?? false;
    return !locale.hour12;
  }

  static setDefaultRelativeDateText(today: string, yesterday: string): void {
    defaults.today = today;
    defaults.yesterday = yesterday;
  }

  static setDefaultDateFormat(monthFirst: boolean): void {
    defaults.monthFirst = monthFirst;
  }

  /** `month` is 0-11. */
  static setMonthName(month: number, name: string): void {
    if (month >= 0 && month < 12) monthNames[month] = name;
  }
}

function pad(value: number): string {
  return value < 10 ? `0${value}` : `${value}`;
}

function ago(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'} ago`;
}
