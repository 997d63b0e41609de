using WsusDashboard.Dashboard.Backups;
using WsusDashboard.Dashboard.Features.EvidencePacks;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests.StartUp;

/// <summary>The commands of the program, as a process: their exit codes, beside a dashboard that runs and without one.</summary>
public sealed class CommandLineTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task BackupRestoreAndEvidence_OfARunningDashboard_WorkAsCommands()
    {
        using var folder = new TempFolder();
        using var other = new TempFolder();
        var (backup, pack) = (other.File("backup.zip"), other.File("evidence.zip"));
        await using (var dashboard = await TestDashboard.StartAsync(folder))
        {
            await dashboard.AddServerAsync("https://127.0.0.1:9");
            await File.WriteAllBytesAsync(pack, await dashboard.Http.GetByteArrayAsync(new Uri("/api/v1/evidence/month.zip", UriKind.Relative), Token), Token);

            // The dashboard runs meanwhile.
            Assert.Equal(0, (await RunAsync(folder.Path, EvidenceVerification.Switch, pack)).ExitCode);
            var (written, said) = await RunAsync(folder.Path, BackupWriter.Switch, backup, BackupWriter.KeysSwitch);
            Assert.True(written == 0, said);
            Assert.Equal(1, (await RunAsync(folder.Path, BackupRestore.Switch, backup)).ExitCode);
        }

        var target = Path.Combine(other.Path, "restored");
        var (restored, answer) = await RunAsync(target, BackupRestore.Switch, backup);
        Assert.True(restored == 0, answer);
        Assert.Equal(0, (await RunAsync(target, "--verify-audit")).ExitCode);
        Assert.Equal(0, (await RunAsync(target, EvidenceVerification.Switch, pack)).ExitCode);

        // One byte of it.
        var bytes = await File.ReadAllBytesAsync(pack, Token);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(pack, bytes, Token);
        Assert.Equal(2, (await RunAsync(target, EvidenceVerification.Switch, pack)).ExitCode);
    }

    [Theory]
    [InlineData(BackupWriter.Switch)]
    [InlineData(BackupRestore.Switch)]
    [InlineData(EvidenceVerification.Switch)]
    public async Task Command_WithoutItsFile_EndsWithASentenceThatNamesIt(string command)
    {
        using var folder = new TempFolder();
        var (exitCode, output) = await RunAsync(folder.Path, command);

        Assert.Equal(1, exitCode);
        Assert.Contains(command, output, StringComparison.Ordinal);
        Assert.DoesNotContain(" at WsusDashboard", output, StringComparison.Ordinal);
    }

    private static Task<(int ExitCode, string Output)> RunAsync(string folder, params string[] command) =>
        ChildProcess.RunProductAsync("WsusDashboard.Dashboard", [.. command, $"--Dashboard:DataDirectory={folder}"]);
}
