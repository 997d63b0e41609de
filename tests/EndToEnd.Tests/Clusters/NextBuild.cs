namespace WsusDashboard.EndToEnd.Tests.Clusters;

/// <summary>
/// The next version of the dashboard, made from these sources with one more migration that follows the rule for migrations: it adds a column to every table, an index and
/// a table. Nothing was released, so there is no version before to run beside this one; this build is the one before.
/// </summary>
internal static class NextBuild
{
    /// <summary>The migration that only the next version has.</summary>
    public const string MigrationId = "99990101000000_Next";

    private const string Dashboard = "src/Dashboard";

    private static readonly TimeSpan LongestBuild = TimeSpan.FromMinutes(10);

    private static readonly string[] OwnOutput = ["bin", "obj"];

    private const string Migration =
        $$"""
        using Microsoft.EntityFrameworkCore.Infrastructure;
        using Microsoft.EntityFrameworkCore.Migrations;

        namespace WsusDashboard.Dashboard.Data.Migrations.PostgreSql;

        [DbContext(typeof(PostgreSqlDashboardContext))]
        [Migration("{{MigrationId}}")]
        public sealed class Next : Migration
        {
            protected override void Up(MigrationBuilder migrationBuilder)
            {
                migrationBuilder.Sql(
                    "DO $$ DECLARE name text; BEGIN " +
                    "FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename NOT LIKE '\\_\\_EF%' LOOP " +
                    "EXECUTE format('ALTER TABLE %I ADD COLUMN \"AddedByNext\" text, ADD COLUMN \"CountedByNext\" integer NOT NULL DEFAULT 0', name); " +
                    "END LOOP; END $$;");
                migrationBuilder.Sql("CREATE TABLE \"NextThings\" (\"Id\" integer PRIMARY KEY, \"ServerId\" integer NOT NULL REFERENCES \"Servers\" (\"Id\") ON DELETE CASCADE);");
                migrationBuilder.Sql("CREATE INDEX \"IX_SyncRuns_CountedByNext\" ON \"SyncRuns\" (\"CountedByNext\");");
            }
        }

        """;

    /// <summary>Builds it; minutes.</summary>
    /// <param name="folder">Where a copy of the sources is put; empty.</param>
    /// <returns>The path of its assembly.</returns>
    public static async Task<string> MakeAsync(string folder)
    {
        var root = FindRoot();
        foreach (var file in root.EnumerateFiles())
        {
            file.CopyTo(Path.Combine(folder, file.Name));
        }

        Copy(Path.Combine(root.FullName, "src"), Path.Combine(folder, "src"));
        await File.WriteAllTextAsync(Path.Combine(folder, Dashboard, "Data", "Migrations", "PostgreSql", $"{MigrationId}.cs"), Migration);
        await using var build = ChildProcess.Start("dotnet", ["build", Path.Combine(folder, Dashboard), "--nologo", "-v", "quiet", "-p:RunAnalyzers=false"]);
        Assert.True(await Eventually.Async(() => Task.FromResult(build.HasExited), hasExited => hasExited, LongestBuild));
        var assembly = Directory.EnumerateFiles(Path.Combine(folder, Dashboard, "bin"), "WsusDashboard.Dashboard.dll", SearchOption.AllDirectories).FirstOrDefault();
        return assembly ?? throw new InvalidOperationException($"The next version could not be built: {build.Output}");
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }

        foreach (var folder in Directory.EnumerateDirectories(from).Where(folder => !OwnOutput.Contains(Path.GetFileName(folder))))
        {
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
        }
    }

    private static DirectoryInfo FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "WsusDashboard.sln")))
        {
            folder = folder.Parent;
        }

        return folder ?? throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds WsusDashboard.sln.");
    }
}
