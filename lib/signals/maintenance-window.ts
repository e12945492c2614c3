import { aws_cloudwatch as cloudwatch, type Duration, TimeZone } from 'aws-cdk-lib';
import { type Problem, refuse } from '../problem';
import { timeZoneProblems } from '../tenants/daily-schedule';

/** When a maintenance window is. */
export interface MaintenanceWindowProps {
  /** Last part of the name of the rule that mutes: lower-case letters, digits and hyphens. */
  readonly name: string;
  /**
   * When it begins: again and again, `cron(minutes hours day-of-month month day-of-week)` such as `cron(0 2 * * SUN)`, or once,
   * `at(2026-12-24T22:00)`.
   */
  readonly schedule: string;
  /** IANA name of the time zone of the schedule, such as `Europe/Berlin`. @default 'UTC' */
  readonly timeZone?: string;
  /** How long it lasts: 1 minute to 15 days. */
  readonly duration: Duration;
}

/**
 * A time in which nothing pages. Alarms go on to be evaluated, and what is still wrong when it ends pages then.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-mute-rules-behaviour.html
 */
export class MaintenanceWindow {
  /** @throws Error with everything that is wrong. */
  public static of(props: MaintenanceWindowProps): MaintenanceWindow {
    refuse('MaintenanceWindow', maintenanceWindowProblems(props, props.name));
    return new MaintenanceWindow(props.name, props.schedule, props.timeZone ?? 'UTC', props.duration);
  }

  private constructor(
    public readonly name: string,
    private readonly schedule: string,
    private readonly timeZone: string,
    public readonly duration: Duration,
  ) {}

  /** The schedule as CloudWatch takes it. */
  public get expression(): cloudwatch.ScheduleExpression {
    return cloudwatch.ScheduleExpression.expression(this.schedule, TimeZone.of(this.timeZone));
  }
}

const NAME = /^[a-z][a-z0-9-]{0,38}[a-z0-9]$/;
const FIELD = '[A-Z0-9*,/#-]+';
const RECURRING = new RegExp(`^cron\\(${FIELD}( ${FIELD}){4}\\)$`);
const ONCE = /^at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2})\)$/;

/** Shortest and longest time that CloudWatch mutes. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Schedule.html */
const DURATION_MINUTES = { least: 1, most: 15 * 24 * 60 } as const;

/** Everything wrong with a maintenance window. */
export function maintenanceWindowProblems(
  { name, schedule, timeZone = 'UTC', duration }: MaintenanceWindowProps,
  path: string,
): Problem[] {
  const minutes = duration.toMinutes({ integral: false });
  return [
    ...(NAME.test(name)
      ? []
      : [
          {
            path: `${path}.name`,
            message: `must be 2 to 40 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen, got: "${name}"`,
          },
        ]),
    ...(RECURRING.test(schedule) || isMoment(schedule)
      ? []
      : [
          {
            path: `${path}.schedule`,
            message: `must be such as "cron(0 2 * * SUN)", with five fields, or "at(2026-12-24T22:00)", got: "${schedule}"`,
          },
        ]),
    ...timeZoneProblems(timeZone, `${path}.timeZone`),
    ...(Number.isInteger(minutes) && minutes >= DURATION_MINUTES.least && minutes <= DURATION_MINUTES.most
      ? []
      : [{ path: `${path}.duration`, message: `must be whole minutes from 1 to 15 days, got: ${minutes} minutes` }]),
  ];
}

/** Names of windows are those of rules, of which an account has one in a Region. */
export function repeatedWindowProblems(
  windows: readonly Pick<MaintenanceWindowProps, 'name'>[],
  path: string,
): Problem[] {
  const names = windows.map(({ name }) => name);
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))].map((name) => ({
    path,
    message: `must have each name once, got twice: "${name}"`,
  }));
}

/** A day that there is: JavaScript makes 2 March of 30 February. */
function isMoment(schedule: string): boolean {
  const [, moment = ''] = ONCE.exec(schedule) ?? [];
  const at = new Date(`${moment}:00.000Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(moment);
}
