using Microsoft.EntityFrameworkCore;

namespace WsusDashboard.Dashboard.Data.Security;

/// <summary>
/// The audit is append-only for whoever has only the database; what an anchor names may go. Made after every migration rather than in one, because a
/// generated migration knows nothing of triggers, and SQLite loses those of a table that a migration builds anew.
/// </summary>
internal static class AuditTriggers
{
    private const string Sqlite = """
        CREATE TRIGGER IF NOT EXISTS AuditEntries_NoUpdate BEFORE UPDATE ON AuditEntries BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END;
        CREATE TRIGGER IF NOT EXISTS AuditEntries_NoDelete BEFORE DELETE ON AuditEntries WHEN OLD.Sequence > COALESCE((SELECT MAX(Sequence) FROM AuditAnchors), 0)
            BEGIN SELECT RAISE(ABORT, 'audit entries are never deleted'); END;
        CREATE TRIGGER IF NOT EXISTS AuditAnchors_NoUpdate BEFORE UPDATE ON AuditAnchors BEGIN SELECT RAISE(ABORT, 'audit anchors are never changed'); END;
        CREATE TRIGGER IF NOT EXISTS AuditAnchors_NoDelete BEFORE DELETE ON AuditAnchors BEGIN SELECT RAISE(ABORT, 'audit anchors are never deleted'); END;
        """;

    private const string PostgreSql = """
        CREATE OR REPLACE FUNCTION audit_is_append_only() RETURNS trigger AS $$
        BEGIN
            IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'AuditEntries' THEN
                IF OLD."Sequence" <= COALESCE((SELECT MAX("Sequence") FROM "AuditAnchors"), 0) THEN RETURN OLD; END IF;
            END IF;
            RAISE EXCEPTION 'the audit is append-only';
        END;
        $$ LANGUAGE plpgsql;
        CREATE OR REPLACE TRIGGER "AuditEntries_AppendOnly" BEFORE UPDATE OR DELETE ON "AuditEntries" FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
        CREATE OR REPLACE TRIGGER "AuditAnchors_AppendOnly" BEFORE UPDATE OR DELETE ON "AuditAnchors" FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
        """;

    public static void AddTo(DbContextOptionsBuilder builder) => builder
        .UseSeeding((context, _) => context.Database.ExecuteSqlRaw(SqlFor(context)))
        .UseAsyncSeeding((context, _, cancellationToken) => context.Database.ExecuteSqlRawAsync(SqlFor(context), cancellationToken));

    private static string SqlFor(DbContext context) => context.Database.IsSqlite() ? Sqlite : PostgreSql;
}
