import type { Cursor } from './cursor';

/**
 * The entries of a listpack that holds a node of a stream, as `streamValidateListpackIntegrity` of t_stream.c looks at them:
 * numbers of valid and deleted items, the names of the fields that most items have, a zero; then each item with its flags,
 * its identifier, names of fields of its own unless it has those of the node, values, and how many entries that made.
 */
export class StreamNode {
  private step: Step = 'items';
  private items = 0;
  private nodeFields = 0;
  /** Fields of the present item. */
  private fields = 0;
  /** Names or values to pass over before the next step. */
  private passing = 0;
  private hasNodeFields = false;

  public constructor(private readonly content: Cursor) {}

  /** Looks at an entry. @param value NaN for a string. */
  public add(value: number): void {
    if (this.passing > 0) {
      this.passing -= 1;
      return;
    }
    if (this.step === 'over' || !Number.isInteger(value)) {
      throw this.corrupt(this.step === 'over' ? 'entries behind its last item' : `a text for ${this.step}`);
    }
    this.step = this.take(this.step, value);
  }

  /** Tells that there are no more entries. */
  public end(): void {
    if (this.step !== 'over' || this.passing > 0) {
      throw this.corrupt('fewer entries than it announces');
    }
  }

  /** @returns the next step */
  private take(step: Step, value: number): Step {
    switch (step) {
      case 'items':
        this.items = this.count(value);
        return 'deleted items';
      case 'deleted items':
        this.items += this.count(value);
        return 'fields';
      case 'fields':
        this.nodeFields = this.count(value);
        this.passing = this.nodeFields;
        return 'terminator';
      case 'terminator':
        if (value !== 0) {
          throw this.corrupt(`${value} behind the names of its fields, must be 0`);
        }
        return this.items > 0 ? 'flags' : 'over';
      case 'flags':
        this.hasNodeFields = (value & SAME_FIELDS) !== 0;
        return 'milliseconds';
      case 'milliseconds':
        return 'sequence';
      case 'sequence':
        return this.hasNodeFields ? this.values(this.nodeFields) : 'fields of an item';
      case 'fields of an item':
        return this.values(this.count(value));
      default:
        return this.endItem(value);
    }
  }

  private values(fields: number): Step {
    this.fields = fields;
    this.passing = this.hasNodeFields ? fields : 2 * fields;
    return 'entries of an item';
  }

  private endItem(entries: number): Step {
    const expected = this.hasNodeFields ? this.fields + 3 : 2 * this.fields + 4;
    if (entries !== expected) {
      throw this.corrupt(`an item of ${expected} entries that says it has ${entries}`);
    }
    this.items -= 1;
    return this.items > 0 ? 'flags' : 'over';
  }

  private count(value: number): number {
    if (value < 0) {
      throw this.corrupt(`${value} for ${this.step}`);
    }
    return value;
  }

  private corrupt(problem: string) {
    return this.content.error('corrupt', `a node of a stream has ${problem}`);
  }
}

/** The number that comes next; `over` when none does. */
type Step =
  | 'items'
  | 'deleted items'
  | 'fields'
  | 'terminator'
  | 'flags'
  | 'milliseconds'
  | 'sequence'
  | 'fields of an item'
  | 'entries of an item'
  | 'over';

/** `STREAM_ITEM_FLAG_SAMEFIELDS` of stream.h. */
const SAME_FIELDS = 2;
