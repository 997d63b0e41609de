using System.Globalization;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Posture;

namespace WsusDashboard.Agent.Posture;

/// <summary>The version of Windows to its last number, whether a restart is owed, the list of updates, and TLS 1.2 (care.md, 1.2 and 2; names of keys and values from memory).</summary>
internal sealed class WindowsPartReader(IRegistry registry, IWmi wmi, TimeProvider timeProvider)
{
    private const string VersionKey = @"SOFTWARE\Microsoft\Windows NT\CurrentVersion";
    private const string RestartKey = @"SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending";
    private const string TlsKey = @"SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2";
    private const string DotNetKey = @"SOFTWARE\Microsoft\.NETFramework\v4.0.30319";
    private const string DotNetKey32 = @"SOFTWARE\WOW6432Node\Microsoft\.NETFramework\v4.0.30319";
    private const int MostUpdates = 200;
    private const int HighestNumber = 999_999;

    /// <summary>Windows looks through all updates for an answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <exception cref="EdgeException">The registry refuses.</exception>
    public async Task<WindowsPart> ReadAsync(CancellationToken cancellationToken)
    {
        var part = ReadRevision(new WindowsPart
        {
            ProductName = Text("ProductName"),
            EditionId = Text("EditionID"),
            InstallationType = Text("InstallationType"),
            Build = ReadBuild(),
            IsRestartPending = registry.HasKey(RestartKey),
        });
        var (updates, problem) = await ReadUpdatesAsync(cancellationToken).ConfigureAwait(false);
        return part with
        {
            Updates = [.. updates],
            UpdatesProblem = problem,
            ReadAt = timeProvider.GetUtcNow(),
            Problem = part.Build == 0 ? $"the registry has no build that can be understood (CurrentBuildNumber is \"{Text("CurrentBuildNumber")}\")" : "",
        };
    }

    /// <exception cref="EdgeException">The registry refuses.</exception>
    public ProtocolPart ReadProtocols() => new()
    {
        ClientEnabled = Flag($@"{TlsKey}\Client", "Enabled"),
        ClientDisabledByDefault = Flag($@"{TlsKey}\Client", "DisabledByDefault"),
        ServerEnabled = Flag($@"{TlsKey}\Server", "Enabled"),
        ServerDisabledByDefault = Flag($@"{TlsKey}\Server", "DisabledByDefault"),
        StrongCrypto = Flag(DotNetKey, "SchUseStrongCrypto"),
        SystemDefaultVersions = Flag(DotNetKey, "SystemDefaultTlsVersions"),
        StrongCrypto32 = Flag(DotNetKey32, "SchUseStrongCrypto"),
        SystemDefaultVersions32 = Flag(DotNetKey32, "SystemDefaultTlsVersions"),
        ReadAt = timeProvider.GetUtcNow(),
    };

    private string Text(string name) => registry.Read(VersionKey, name) as string ?? "";

    private int ReadBuild() => Number(Text("CurrentBuildNumber")) ?? Number(Text("CurrentBuild")) ?? 0;

    /// <summary>UBR where it can be read; else BuildLabEx ("20348.859.amd64fre…"), which may be behind. Neither that can't be read takes the rest with it.</summary>
    private WindowsPart ReadRevision(WindowsPart part)
    {
        string problem;
        try
        {
            switch (registry.Read(VersionKey, "UBR"))
            {
                case int revision and >= 0 and <= HighestNumber:
                    return part with { Revision = revision, RevisionSource = RevisionSource.UpdateBuildRevision };
                case null:
                    problem = "the registry has no value UBR";
                    break;
                case var other:
                    problem = string.Create(CultureInfo.InvariantCulture, $"the registry value UBR is \"{other}\", which is no revision");
                    break;
            }
        }
        catch (EdgeException exception)
        {
            problem = exception.Message.TrimEnd('.');
        }

        try
        {
            if (Text("BuildLabEx").Split('.') is [var build, var number, ..] && Number(build) == part.Build && Number(number) is { } revision)
            {
                return part with { Revision = revision, RevisionSource = RevisionSource.BuildLab };
            }
        }
        catch (EdgeException)
        {
            // What was said of UBR says it all.
        }

        return part with { RevisionProblem = problem };
    }

    private async Task<(IReadOnlyList<string> Updates, string Problem)> ReadUpdatesAsync(CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = timeProvider.CreateTimer(_ => limited.Cancel(), null, Patience, Timeout.InfiniteTimeSpan);
        try
        {
            var rows = await wmi.QueryAsync(@"root\cimv2", "SELECT HotFixID FROM Win32_QuickFixEngineering", limited.Token).ConfigureAwait(false);
            return ([.. rows.Select(row => WmiValues.Text(row["HotFixID"]).Trim())
                .Where(id => id.StartsWith("KB", StringComparison.OrdinalIgnoreCase) && id.Length is > 2 and <= 20)
                .Select(id => id.ToUpperInvariant())
                .Distinct().OrderByDescending(id => id.Length).ThenByDescending(id => id, StringComparer.Ordinal).Take(MostUpdates)], "");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ([], string.Create(CultureInfo.InvariantCulture, $"Windows didn't list its updates within {Patience.TotalSeconds:0} s."));
        }
        catch (EdgeException exception)
        {
            return ([], exception.Message);
        }
    }

    private bool? Flag(string key, string name) => registry.Read(key, name) switch
    {
        int number => number != 0,
        long number => number != 0,
        _ => null,
    };

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= HighestNumber ? number : null;
}
