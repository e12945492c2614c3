import { setTimeout as sleep } from 'node:timers/promises';
import Table from 'cli-table3';
import { alarmRuleOf, incidentName } from '../../engine/contract/alarms';
import { type Severity, topicName } from '../../engine/contract/paging';
import type { AlarmStandIn } from '../alarms/alarm-stand-in';
import type { Expectations } from '../expectations';
import type { Page, PageChannel, PageReceiver } from '../page-receiver';
import type { Note } from '../progress';

/** A way in which things go wrong, and the alarms that must tell. */
export interface AlarmScenario {
  /** What is broken, in a few words. */
  readonly broken: string;
  /** Names of the alarms that must go off, without the prefix of the deployment. */
  readonly alarms: readonly string[];
  /** Breaks the real thing. @returns mends it */
  inflict(): Promise<() => Promise<void>>;
  /**
   * Lets happen what notices it, and later that it is mended: mostly the function that a schedule invokes.
   *
   * @param isBroken false once it is mended
   */
  notice(isBroken: boolean): Promise<unknown>;
}

/** What scenarios are played with. */
export interface ScenarioContext {
  /** First part of the names of the deployment. */
  readonly prefix: string;
  readonly alarms: AlarmStandIn;
  readonly receiver: PageReceiver;
  readonly expectations: Expectations;
}

/** What came of a scenario. */
interface Played {
  readonly broken: string;
  readonly alarms: readonly string[];
  readonly severity: Severity;
  readonly reached: string;
  /** From the moment that it is broken to the page. */
  readonly secondsToPage?: number;
  readonly isCleared: boolean;
}

/** Who hears of a severity here: the pager, or the mailbox that stands for emails and Slack. */
const REACHED_BY: Readonly<Record<Severity, PageChannel>> = { critical: 'pager', warning: 'email' };

/** Longest wait for a page that must come. */
const ARRIVES_WITHIN_MS = 60_000;

/** Plays scenarios on the deployed app, one after the other, and keeps how long each page took. */
export class Scenarios {
  private readonly played: Played[] = [];

  constructor(private readonly context: ScenarioContext) {}

  /** Breaks a thing, waits for the pages, mends it, and waits until they are taken back. */
  async play(scenario: AlarmScenario, note: Note): Promise<void> {
    const { alarms, receiver } = this.context;
    const names = scenario.alarms.map((alarm) => this.fullName(alarm));
    await alarms.nextPeriod();
    const before = receiver.pages.length;
    const started = performance.now();
    const mend = await scenario.inflict();
    await scenario.notice(true);
    await alarms.evaluate(names);
    const incidents = this.incidentsOf(names);
    const raised: { severity: Severity; page: Page | undefined; seconds: number }[] = [];
    for (const { name, severity } of incidents) {
      const page = await this.pageOf(name, severity, 'ALARM', before);
      raised.push({ severity, page, seconds: (performance.now() - started) / 1000 });
      if (page !== undefined) note(page.reason);
    }
    await this.expectStates(scenario.broken, names, 'ALARM');
    const beforeMending = receiver.pages.length;
    await mend();
    await alarms.nextPeriod();
    await scenario.notice(false);
    await alarms.evaluate(names);
    for (const { name, severity } of incidents) {
      const cleared = await this.pageOf(name, severity, 'OK', beforeMending);
      const { page, seconds } = raised.find((each) => each.severity === severity) ?? {};
      this.played.push({
        broken: scenario.broken,
        alarms: names.filter((each) => this.incidentsOf([each])[0]?.name === name),
        severity,
        reached: this.reached(name, before),
        ...(page !== undefined && seconds !== undefined && { secondsToPage: seconds }),
        isCleared: cleared !== undefined,
      });
    }
    await this.expectStates(`${scenario.broken}: mended`, names, 'OK');
    this.expectRoutes(scenario.broken);
  }

  /** Scenario, alarms, severity, who was reached, seconds to the page, and whether it was taken back. */
  toString(): string {
    const table = new Table({
      head: ['what was broken', 'alarms', 'severity', 'reached', 'seconds to page', 'cleared'],
      style: { head: [], border: [] },
      colWidths: [36, 34, 10, 14, 10, 9],
      wordWrap: true,
    });
    for (const { broken, alarms, severity, reached, secondsToPage, isCleared } of this.played) {
      const seconds = secondsToPage === undefined ? 'no page' : secondsToPage.toFixed(1);
      table.push([broken, alarms.join('\n'), severity, reached, seconds, isCleared ? 'yes' : 'NO']);
    }
    return table.toString();
  }

  /** Names of the alarms that a scenario made go off. */
  get alarmsPlayed(): ReadonlySet<string> {
    return new Set(this.played.flatMap(({ alarms }) => alarms));
  }

  private fullName(alarm: string): string {
    return `${this.context.prefix}-${alarm}`;
  }

  /** The composite alarms that page for some alarms. */
  private incidentsOf(names: readonly string[]): { name: string; severity: Severity }[] {
    const { prefix } = this.context;
    const incidents = new Map<string, Severity>();
    for (const name of names) {
      const rule = alarmRuleOf(prefix, name);
      if (rule === undefined) throw new Error(`The table of alarms has no ${name}.`);
      incidents.set(incidentName(prefix, rule.system, rule.severity), rule.severity);
    }
    return [...incidents].map(([name, severity]) => ({ name, severity }));
  }

  private async expectStates(what: string, names: readonly string[], expected: string): Promise<void> {
    const { alarms, expectations } = this.context;
    const states: string[] = [];
    for (const name of names) {
      const state = await alarms.stateOf(name);
      if (state !== expected) states.push(`${name} is ${state}`);
    }
    expectations.equal(what, expected, states.join(', ') || expected);
  }

  private expectRoutes(broken: string): void {
    for (const { severity, reached, isCleared, secondsToPage } of this.played.filter(
      (each) => each.broken === broken,
    )) {
      const expected = REACHED_BY[severity];
      const seen =
        secondsToPage === undefined ? 'nobody' : `${reached}${isCleared ? '' : ', and was never taken back'}`;
      this.context.expectations.equal(`${broken}: the ${severity} page reaches`, expected, seen);
    }
  }

  private reached(incident: string, after: number): string {
    const pages = this.context.receiver.pages.slice(after).filter(({ alarmName }) => alarmName === incident);
    return [...new Set(pages.map(({ channel }) => channel))].sort().join(', ');
  }

  /** Waits for a page on the topic of its severity. */
  private async pageOf(name: string, severity: Severity, state: string, after: number): Promise<Page | undefined> {
    const { prefix, receiver } = this.context;
    const isWanted = (page: Page) =>
      page.channel === REACHED_BY[severity] &&
      page.alarmName === name &&
      page.state === state &&
      page.topicArn.endsWith(`:${topicName(prefix, severity)}`);
    for (const deadline = Date.now() + ARRIVES_WITHIN_MS; ; await sleep(50)) {
      const page = receiver.pages.slice(after).find(isWanted);
      if (page !== undefined || Date.now() > deadline) return page;
    }
  }
}
