import { aws_cloudwatch as cloudwatch } from 'aws-cdk-lib';

/** What is older must not pass for the state of now: an ISO 8601 duration. */
export const FRESH = '-PT3H';

/** One figure of a row. */
export interface FigureProps {
  readonly title: string;
  /** @default - nobody measures it */
  readonly metric?: cloudwatch.IMetric;
  /** Where it is published. */
  readonly region: string;
  /** How far back a value still counts, as an ISO 8601 duration. */
  readonly within: string;
  /** Whether the figure is that of all this time, and not its newest value. @default false */
  readonly isOfWholeTime?: boolean;
}

/** What a row is about. */
export function labelWidget(label: string): cloudwatch.IWidget {
  return new cloudwatch.TextWidget({ markdown: `## ${label}`, ...CELL });
}

/** A figure as a number, or that there is none. */
export function figureWidget({ title, metric, region, within, isOfWholeTime }: FigureProps): cloudwatch.IWidget {
  return metric === undefined
    ? new cloudwatch.TextWidget({ markdown: `**${title}**\n\nnot measured`, ...CELL })
    : new cloudwatch.SingleValueWidget({
        title,
        metrics: [metric],
        region,
        sparkline: false,
        setPeriodToTimeRange: isOfWholeTime,
        start: within,
        ...CELL,
      });
}

/** A row has a label and up to five figures. */
const CELL = { width: 4, height: 3 } as const;
