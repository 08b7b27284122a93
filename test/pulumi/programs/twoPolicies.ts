import { VssBackupPolicy } from "../../../components";

new VssBackupPolicy("sql", { retention: { Day: 7 } });
new VssBackupPolicy("web", { schedules: { Day: "cron(0 2 ? * * *)" } });
