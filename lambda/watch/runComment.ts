/** The most characters of a command's comment in Systems Manager. The end of a long type is cut. */
const COMMENT_LENGTH = 100;

/** Makes the form of a snapshot type in names of resources: small letters, digits, dashes. */
export function slug(type: string): string {
    return type
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, "-")
        .replace(/^-|-$/g, "");
}

/** Writes the comment of the commands that a window sends. It is also the description of the window, and of its snapshots. */
export function runComment(policy: string, type: string): string {
    return `${commentHead(policy)}${slug(type)} snapshots`.slice(0, COMMENT_LENGTH);
}

function commentHead(policy: string): string {
    return `VssBackupPolicy ${policy}: `;
}

/** Whether another policy sent a command. A command without such a comment was sent by hand. */
export function isOfOtherPolicy(comment: string, policy: string): boolean {
    return /^VssBackupPolicy [\w-]+: /.test(comment) && !comment.startsWith(commentHead(policy));
}

/** Finds the snapshot type in a command's comment; undefined if no type or several types have this comment. */
export function typeOfComment(comment: string, policy: string, types: readonly string[]): string | undefined {
    const [type, ...others] = types.filter((candidate) => runComment(policy, candidate) === comment);
    return others.length === 0 ? type : undefined;
}
