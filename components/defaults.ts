import { NotificationEvent, ReportMode, VssDocument } from "./arguments";

/** The defaults of the arguments that have one value for every policy. */
export const DEFAULTS = {
    retention: { Day: 5, Week: 3, Month: 2 },
    schedules: { Day: "cron(0 1 ? * * *)", Week: "cron(0 3 ? * SUN *)", Month: "cron(0 5 1 * ? *)" },
    timezone: "UTC",
    serverTagKey: "VssBackup",
    notificationEvents: [NotificationEvent.TimedOut, NotificationEvent.Cancelled, NotificationEvent.Failed],
    document: VssDocument.CreateVssSnapshot,
    componentsVersion: "latest",
    cleanerSchedule: "cron(0 7 * * ? *)",
    hold: "VssBackupHold",
    failedSetGraceHours: 24,
    maxDeletionsPerRun: 1000,
    countCrashConsistent: false,
    standIns: true,
    reportOnly: false,
    watch: true,
    watchEveryHours: 1,
    report: ReportMode.Daily,
    reportAt: "08:00",
    overdueGraceHours: 2,
    excludeTag: "VssBackupExclude",
    alarmStopped: false,
    alarms: true,
    dashboard: false,
} as const;
