using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Windows.Native;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Windows;

public sealed class EdgeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void BoundedOutput_OfMoreThanEightKilobytes_KeepsTheBeginning()
    {
        var output = new BoundedOutput();
        for (var line = 0; line < 1000; line++)
        {
            output.Append($"line {line:0000} of iisreset");
        }

        output.Append(null);

        var text = output.ToString();
        Assert.StartsWith("line 0000 of iisreset\nline 0001", text, StringComparison.Ordinal);
        Assert.InRange(text.Length, 8000, BoundedOutput.MaximumCharacters);
    }

    [Fact]
    public async Task EveryEdge_OnAnotherSystem_SaysOnlyOnWindows()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "This is Windows; its edges work.");
        var edges = EdgeFactory.Create();

        await OnlyOnWindowsAsync(() => edges.Services.ReadAsync("WAS", Cancellation));
        await OnlyOnWindowsAsync(() => edges.Services.StartAsync("WAS", Cancellation));
        await OnlyOnWindowsAsync(() => edges.Services.StopAsync("WAS", Cancellation));
        await OnlyOnWindowsAsync(() => edges.Services.SetStartTypeAsync("WAS", ServiceStartType.Manual, Cancellation));
        await OnlyOnWindowsAsync(() => edges.Services.ReadRunningDependentsAsync("WAS", Cancellation));
        await OnlyOnWindowsAsync(() => edges.Libraries.ReadStartAsync(@"C:\Windows\System32\inetsrv\gzip.dll", 64, Cancellation));
        await OnlyOnWindowsAsync(() => edges.Wmi.QueryAsync(@"root\cimv2", "SELECT Name FROM Win32_Service", Cancellation));
        await OnlyOnWindowsAsync(() => edges.Wmi.GetAsync(@"root\cimv2", "Win32_Service.Name=\"WAS\"", Cancellation));
        await OnlyOnWindowsAsync(() => edges.Susdb.QueryAsync(new SusdbAddress(@"np:\\.\pipe\x", "SUSDB", IsEncrypted: false), SusdbStatement.ComputerCount, default, Cancellation));
        await OnlyOnWindowsAsync(() => edges.Wmi.InvokeAsync(@"root\cimv2", "Win32_Service", "x", new Dictionary<string, object?>(), Cancellation));
        await OnlyOnWindowsAsync(() => edges.EventLog.QueryAsync(new EventQuery("System", "WAS", [], 0, DateTimeOffset.UnixEpoch, 1), Cancellation));
        await OnlyOnWindowsAsync(() => edges.Processes.RunAsync(AllowedProgram.IisReset, TimeSpan.FromSeconds(1), Cancellation));
        Assert.Equal(ReadFailure.OnlyOnWindows, Assert.Throws<EdgeException>(() => edges.Registry.Read(@"SOFTWARE\Microsoft", "x")).Failure);
    }

    [Fact]
    public async Task LibraryFiles_GiveTheStartOfAFileAndNullWhereThereIsNone()
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(folder.File("short.dll"), [1, 2, 3]);
        File.WriteAllBytes(folder.File("long.dll"), new byte[10_000]);
        var files = new WindowsLibraryFiles();

        Assert.Equal([1, 2, 3], await files.ReadStartAsync(folder.File("short.dll"), 64, Cancellation));
        Assert.Equal(64, (await files.ReadStartAsync(folder.File("long.dll"), 64, Cancellation))?.Length);
        Assert.Null(await files.ReadStartAsync(folder.File("none.dll"), 64, Cancellation));
        Assert.Null(await files.ReadStartAsync(Path.Combine(folder.File("none"), "none.dll"), 64, Cancellation));
        await Assert.ThrowsAsync<EdgeException>(() => files.ReadStartAsync(Path.GetDirectoryName(folder.File("x"))!, 64, Cancellation));
    }

    private static async Task OnlyOnWindowsAsync(Func<Task> call)
    {
        var failure = await Assert.ThrowsAsync<EdgeException>(call);
        Assert.Equal(ReadFailure.OnlyOnWindows, failure.Failure);
        Assert.Contains("works only on Windows", failure.Message, StringComparison.Ordinal);
    }
}
