/** The name of a role is the last part of its ARN. Attachments take nothing else. */
export function roleName(nameOrArn: string): string {
    return nameOrArn.split("/").at(-1) as string;
}
