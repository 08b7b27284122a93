import type { Kind } from "../../lambda/watch/finding";

/** What any incident may lead to that keeps a server from its backups. */
export const CONSEQUENCES: readonly Kind[] = ["never backed up", "overdue", "failing"];
