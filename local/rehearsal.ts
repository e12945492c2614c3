import { setTimeout as sleep } from 'node:timers/promises';
import { System } from '../engine/contract/signals';
import type { VerifyFilesResult } from '../engine/contract/verify-files';
import type { Configuration } from '../lib/configuration';
import type { AlarmStandIn } from './alarms/alarm-stand-in';
import { type Damage, damageReplicas, tryToDelete } from './damage';
import type { Expectations } from './expectations';
import type { LocalAws } from './local-aws';
import type { PageReceiver } from './page-receiver';
import type { Note, Progress } from './progress';
import { type Replication, replicate } from './replication-stand-in';
import type { AlarmScenario, Scenarios } from './scenarios/scenario';
import { seed } from './seed';
import type { Verification } from './verification';
import { readHistories } from './version-history';

/** What a rehearsal works with: the deployed app and the things that observe it. */
export interface RehearsalContext {
  readonly aws: LocalAws;
  readonly configuration: Configuration;
  readonly replications: readonly Replication[];
  readonly verification: Verification;
  readonly alarms: AlarmStandIn;
  readonly receiver: PageReceiver;
  readonly scenarios: Scenarios;
  readonly progress: Progress;
  readonly expectations: Expectations;
}

/** The schedule of the local deployment fires each minute. */
const SCHEDULE_FIRES_WITHIN_MS = 180_000;

/**
 * Plays one bad day on the deployed app. What is not as it must be goes into the expectations; what cannot go on throws.
 */
export class Rehearsal {
  constructor(private readonly context: RehearsalContext) {}

  /** Files are stored, replicated, proved, damaged, found, paged about, repaired and proved again. */
  async damageAndRepair(): Promise<void> {
    const { progress, verification } = this.context;
    // One run must see all damage at once; the schedule would come in between.
    await verification.setSchedule('DISABLED');
    await progress.step('verify before anything is stored', () =>
      this.expectProved('buckets are proved from the start'),
    );
    await progress.step('store files in all categories', (note) => this.store(note));
    await progress.step('replication stand-in copies them', (note) => this.replicate(note));
    await progress.step('verify: all is well', () => this.allIsWell());
    await progress.step('damage three replicas: it is found, paged about, repaired', (note) =>
      this.context.scenarios.play(this.damagedReplicas(note), note),
    );
  }

  /** The schedule goes on by itself. */
  async goOnBySchedule(): Promise<void> {
    await this.context.progress.step('the schedule, which fires each minute, verifies by itself', (note) =>
      this.scheduleFires(note),
    );
  }

  private damagedReplicas(note: Note): AlarmScenario {
    const { receiver } = this.context;
    let damages: Damage[] = [];
    let pages = 0;
    return {
      broken: 'three replicas are damaged',
      alarms: [`${System.STORAGE}-backupFailed`],
      inflict: async () => {
        pages = receiver.pages.length;
        damages = await this.damage(note);
        return async () => {
          await this.pageNamesAll(damages, pages);
          await this.repair(damages);
        };
      },
      notice: (isBroken) =>
        isBroken ? this.damageIsFound(damages, note) : this.expectProved('repaired replicas are proved'),
    };
  }

  private async store(note: Note): Promise<void> {
    const { aws, configuration, replications } = this.context;
    const { region } = configuration.primary;
    const counts = await Promise.all(
      configuration.files.buckets.map(({ name, category }) =>
        seed(aws.s3(region), this.target(name).source.bucket, category),
      ),
    );
    const sum = (field: 'keys' | 'versions' | 'deleteMarkers') =>
      counts.reduce((total, each) => total + each[field], 0);
    note(
      `${sum('keys')} files, ${sum('versions')} versions, ${sum('deleteMarkers')} delete markers in ` +
        `${configuration.files.buckets.length} buckets; keys with spaces, unicode, "..", newlines and 1,024 bytes`,
    );
    const { files, databases, redis } = configuration;
    this.context.expectations.equal(
      'every bucket has a replication rule',
      String(files.buckets.length + databases.length + redis.length),
      String(replications.length),
    );
  }

  private async replicate(note: Note): Promise<void> {
    const { aws, replications, expectations } = this.context;
    note(`${await replicate(aws, replications)} versions and delete markers, as the deployed replication rules say`);
    expectations.equal('a second round of replication copies nothing', '0', String(await replicate(aws, replications)));
  }

  private async allIsWell(): Promise<void> {
    const { expectations, verification } = this.context;
    const { targets } = await this.expectProved('replicated buckets are proved');
    expectations.equal(
      'every version and delete marker was compared',
      String(await this.storedVersions()),
      String(targets.reduce((sum, { versions }) => sum + versions, 0)),
    );
    const { alarms } = this.context;
    await alarms.evaluate([verification.event.alarmName]);
    expectations.equal('the alarm is quiet', 'OK', await alarms.stateOf(verification.event.alarmName));
    const [target] = verification.event.targets;
    expectations.equal(
      'a replica cannot be deleted without lifting its lock',
      'AccessDenied',
      target ? (await tryToDelete(this.context.aws, target)).outcome : 'no bucket',
    );
  }

  private async damage(note: Note): Promise<Damage[]> {
    const damages = await damageReplicas(this.context.aws, this.context.verification.event.targets);
    for (const { resource, key, description } of damages) note(`${resource}: ${shown(key)}: ${description}`);
    return damages;
  }

  private async damageIsFound(damages: readonly Damage[], note: Note): Promise<void> {
    const { expectations, verification } = this.context;
    const result = await verification.run();
    const findings = await verification.reportedFindings(result);
    for (const { resource, kind, key } of findings) note(`${resource}: ${kind}: ${shown(key)}`);
    for (const { resource, key, kind, description } of damages) {
      const found = findings.filter((finding) => finding.resource === resource && finding.key === key);
      const kinds = found.map((finding) => finding.kind).join(', ') || 'nothing';
      expectations.equal(`found in ${resource}: ${description}`, kind, kinds);
    }
    expectations.equal('nothing else is found', String(damages.length), String(findings.length));
  }

  private async pageNamesAll(damages: readonly Damage[], after: number): Promise<void> {
    const { expectations, receiver } = this.context;
    const page = receiver.pages.slice(after).find(({ channel, state }) => channel === 'pager' && state === 'ALARM');
    const named = damages.filter(({ resource, kind }) =>
      new RegExp(`\\b${resource}: [^|]*\\b${kind}\\b`).test(page?.reason ?? ''),
    );
    expectations.equal(
      'the page names every finding',
      damages.map(({ resource, kind }) => `${resource} ${kind}`).join(', '),
      named.map(({ resource, kind }) => `${resource} ${kind}`).join(', ') || (page ? 'none of them' : 'no page'),
    );
  }

  private async repair(damages: readonly Damage[]): Promise<void> {
    const { aws, replications, expectations } = this.context;
    for (const damage of damages) await damage.repair();
    const copied = await replicate(aws, replications);
    expectations.equal('every damaged version is replicated again', String(damages.length), String(copied));
  }

  private async scheduleFires(note: Note): Promise<void> {
    const { expectations, verification } = this.context;
    const resource = verification.event.targets[0]?.resource ?? '';
    const before = await verification.proofIds(resource);
    await verification.setSchedule('ENABLED');
    const proof = await eventually(SCHEDULE_FIRES_WITHIN_MS, 500, async () =>
      (await verification.proofIds(resource)).find((id) => !before.includes(id)),
    );
    note(proof ? `proof ${proof}` : 'no proof');
    expectations.equal('the deployed schedule invokes the function', 'yes', proof ? 'yes' : 'no');
  }

  private async expectProved(expectation: string): Promise<VerifyFilesResult> {
    const result = await this.context.verification.run();
    const { targets } = result;
    const proved = targets.filter(({ outcome }) => outcome === 'proved').length;
    const others = targets.filter(({ outcome }) => outcome !== 'proved');
    const reasons = others.map(({ resource, outcome, error, findings }) =>
      [resource, outcome, error ?? JSON.stringify(findings)].join(' '),
    );
    const expected = this.context.configuration.files.buckets.length;
    this.context.expectations.equal(
      expectation,
      `${expected} of ${expected}`,
      [`${proved} of ${targets.length}`, ...reasons].join('; '),
    );
    return result;
  }

  /** Number of versions and delete markers in all source buckets. */
  private async storedVersions(): Promise<number> {
    const { aws, verification } = this.context;
    const buckets = await Promise.all(
      verification.event.targets.map(({ source }) => readHistories(aws.s3(source.region), source.bucket)),
    );
    return buckets.flatMap((histories) => [...histories.values()]).reduce((sum, history) => sum + history.length, 0);
  }

  private target(resource: string) {
    const target = this.context.verification.event.targets.find((each) => each.resource === resource);
    if (target === undefined) throw new Error(`The deployed schedule does not verify ${resource}.`);
    return target;
  }
}

/** Asks again and again until there is an answer; none when the time, in milliseconds, is up. */
async function eventually<T>(
  withinMs: number,
  everyMs: number,
  ask: () => Promise<T | undefined>,
): Promise<T | undefined> {
  for (const deadline = Date.now() + withinMs; ; await sleep(everyMs)) {
    const answer = await ask();
    if (answer !== undefined || Date.now() >= deadline) return answer;
  }
}

/** A key or a text on one line, cut where it is long. */
function shown(text: string, longest = 60): string {
  const line = JSON.stringify(text);
  return line.length <= longest ? line : `${line.slice(0, longest)}…`;
}
