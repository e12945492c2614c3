import { aws_cloudwatch as cloudwatch, Lazy, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { dashboardName, dashboardUrl } from '../../engine/contract/alarms';
import type { Deployment, Objectives } from '../../engine/contract/deployment';
import { PROOF_SYSTEMS } from '../../engine/contract/proofs';
import { stateRow } from './dashboard-rows';
import { arrivalRow, trends } from './dashboard-trends';
import { platformRow } from './platform-row';

/** Which of the two Regions a dashboard is for. */
export type DashboardSide = 'primary' | 'recovery';

/** A link in the head of the dashboard. */
export interface DashboardLink {
  readonly label: string;
  readonly url: string;
}

/** Properties of a {@link HoldfastDashboard}. */
export interface HoldfastDashboardProps {
  /** First part of every name of the deployment. */
  readonly prefix: string;
  readonly side: DashboardSide;
  /** The Region of the other dashboard. */
  readonly otherRegion: string;
  /** Whether that lies in another account, whose figures cannot be read from here. @default false */
  readonly isOtherAccount?: boolean;
  /** Protected resources of each system; asked for when the template is written. */
  readonly resources: () => Deployment['resources'];
  /** What each system must hold; the limits that the figures are shown beside. */
  readonly objectives: Objectives;
  /** Alarms of this Region, loudest and most comprehensive first; asked for when the template is written. */
  readonly alarms: () => readonly cloudwatch.IAlarm[];
  /** Where to read on, such as runbooks and the report. @default - the other dashboard alone */
  readonly links?: readonly DashboardLink[];
}

/**
 * The picture of a Region: which alarms are off, and for each protected system a row with the ages of its newest backup and proofs, RPO and
 * RTO, each beside its limit. In the primary Region the trends follow below; in the recovery Region what S3 tells of copies on their way.
 *
 * Its size does not grow with the number of resources: what they publish one by one is searched for. CloudWatch shows up to 500 metrics
 * a widget and 2,500 a dashboard (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html); of 500 widgets
 * that it takes, there are fewer than 50.
 */
export class HoldfastDashboard extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: HoldfastDashboardProps,
  ) {
    super(scope, id);
    const body = Lazy.string({ produce: () => Stack.of(this).toJsonString(this.body()) });
    new cloudwatch.CfnDashboard(this, 'Dashboard', {
      dashboardName: dashboardName(props.prefix, Stack.of(this).region),
      dashboardBody: body,
    });
  }

  private body(): object {
    const column = new cloudwatch.Column(this.head(), ...this.alarms(), ...this.states(), ...this.below());
    column.position(0, 0);
    return { start: TREND_RANGE, periodOverride: cloudwatch.PeriodOverride.INHERIT, widgets: column.toJson() };
  }

  private head(): cloudwatch.IWidget {
    const { prefix, side, otherRegion, links = [] } = this.props;
    const { region } = Stack.of(this);
    const others = [{ label: `Dashboard in ${otherRegion}`, url: dashboardUrl(prefix, otherRegion) }, ...links];
    const markdown = [
      `# ${prefix}: ${side} Region ${region}`,
      others.map(({ label, url }) => `[${label}](${url})`).join(' · '),
      'Times are in hours, the worst of all resources. Where no figure is, none came within three hours, of which an alarm tells too.',
    ].join('\n\n');
    return new cloudwatch.TextWidget({ markdown, width: FULL_WIDTH, height: 3 });
  }

  private alarms(): cloudwatch.IWidget[] {
    const alarms = this.props.alarms().slice(0, MOST_ALARMS);
    const height = Math.min(2 + Math.ceil(alarms.length / ALARMS_A_LINE), 8);
    return alarms.length === 0
      ? []
      : [new cloudwatch.AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: FULL_WIDTH, height })];
  }

  /** The figures are published in the primary Region, wherever they are looked at; without it, they are missing. */
  private states(): cloudwatch.IWidget[] {
    const { side, otherRegion, isOtherAccount, objectives } = this.props;
    if (side === 'recovery' && isOtherAccount) {
      return [];
    }
    const region = side === 'primary' ? Stack.of(this).region : otherRegion;
    return [...this.systems.map((system) => stateRow(system, objectives[system], region)), platformRow(region)];
  }

  private below(): cloudwatch.IWidget[] {
    const { region } = Stack.of(this);
    return this.props.side === 'primary'
      ? this.systems.map((system) => trends(system, this.props.objectives[system], region))
      : [arrivalRow(region)];
  }

  private get systems() {
    const resources = this.props.resources();
    return PROOF_SYSTEMS.filter((system) => (resources[system] ?? []).length > 0);
  }
}

/** What the graphs show when the dashboard is opened. */
const TREND_RANGE = '-P14D';

/** A dashboard is so wide, in units of its grid. */
const FULL_WIDTH = 24;

/**
 * Most alarms that one widget takes; those left out are children of composites, which come first.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
const MOST_ALARMS = 100;

/** About as many fit beside each other. */
const ALARMS_A_LINE = 8;
