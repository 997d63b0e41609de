using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Kernel.Options;
using WsusDashboard.Shared.Settings;

namespace WsusDashboard.Dashboard.Data;

/// <summary>The connection string is never in a message: it may hold a password.</summary>
internal sealed class DatabaseOptionsRule : OptionsRule<DashboardOptions>
{
    protected override IEnumerable<string> Mistakes(DashboardOptions options)
    {
        var (text, file) = (DashboardOptions.KeyOf(options.Database.ConnectionString), DashboardOptions.KeyOf(options.Database.ConnectionStringFile));
        var given = (options.Database.ConnectionString.Length > 0 ? 1 : 0) + (options.Database.ConnectionStringFile.Length > 0 ? 1 : 0);
        return options.Database.Provider switch
        {
            DatabaseOptions.Sqlite when given > 0 => [$"{text} or {file} is set, but {DashboardOptions.KeyOf(options.Database.Provider)} is \"{DatabaseOptions.Sqlite}\". Allowed: neither; or {DashboardOptions.KeyOf(options.Database.Provider)} \"{DatabaseOptions.PostgreSql}\"."],
            DatabaseOptions.PostgreSql when given != 1 => [$"{text} and {file}: {(given == 0 ? "neither is set" : "both are set")}. Allowed with \"{DatabaseOptions.PostgreSql}\": exactly one of them."],
            DatabaseOptions.PostgreSql when Problem(options) is { } problem => [$"{(options.Database.ConnectionString.Length > 0 ? text : file)}: {problem}"],
            _ => [],
        };
    }

    private static string? Problem(DashboardOptions options)
    {
        try
        {
            DatabaseProvider.From(options);
            return null;
        }
        catch (Exception exception) when (exception is ArgumentException or IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }
}
