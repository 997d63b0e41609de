using System.Diagnostics;
using WsusDashboard.Agent.Security.Policy;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Windows.Setup;

namespace WsusDashboard.Agent.Tests.Windows;

/// <summary>A data folder that somebody made before the agent, with what the agent would trust.</summary>
public sealed class DataFolderTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Everybody = (UnixFileMode)0x1FF;

    private readonly TempFolder _folder = new();

    public DataFolderTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "Owners and access lists of Windows are another matter.");

    private string Data => _folder.File("data");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Prepare_Absent_IsMadeForItsOwnerAlone()
    {
        DataFolder.Prepare(Data);

        Assert.Equal(OwnerOnly, Mode(Data));
    }

    [Fact]
    public void Prepare_OwnAndOpen_IsClosed()
    {
        Make(Everybody);
        File.WriteAllText(Path.Combine(Data, "hubs.json"), "[]");

        DataFolder.Prepare(Data);

        Assert.Equal(OwnerOnly, Mode(Data));
    }

    [Fact]
    public void Prepare_ALink_IsRefused()
    {
        Directory.CreateDirectory(_folder.File("elsewhere"));
        Directory.CreateSymbolicLink(Data, _folder.File("elsewhere"));

        Assert.Throws<EdgeException>(() => DataFolder.Prepare(Data));
    }

    [Fact]
    public async Task Prepare_OfAnotherUser_IsRefused()
    {
        Make(OwnerOnly);
        await GiveAwayAsync(Data);

        Assert.Throws<EdgeException>(() => DataFolder.Prepare(Data));
    }

    [Fact]
    public async Task Prepare_OpenWithAStrangersFile_IsRefused()
    {
        Make(Everybody);
        var file = Path.Combine(Data, LocalPolicy.FileName);
        await File.WriteAllTextAsync(file, "{}", Token);
        await GiveAwayAsync(file);

        Assert.Throws<EdgeException>(() => DataFolder.Prepare(Data));
        Assert.Equal(Everybody, Mode(Data));
    }

    [Fact]
    public async Task Agent_WhoseFolderIsAnothers_DoesNotStartAndSaysSo()
    {
        Make(OwnerOnly);
        await GiveAwayAsync(Data);

        var exception = Assert.Throws<StoreException>(() => AgentHost.Build([], options => (options.DataDirectory, options.Port) = (Data, 0), new FakeEdges().ToEdges()));

        Assert.Contains(Data, exception.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Data));
    }

    private static UnixFileMode Mode(string path) => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path);

    private void Make(UnixFileMode mode)
    {
        Directory.CreateDirectory(Data);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Data, mode);
        }
    }

    private static async Task GiveAwayAsync(string path)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && OperatingSystem.IsLinux(), "Only root can give a file to another user.");
        using var chown = Process.Start("chown", ["65534", path]);
        await chown.WaitForExitAsync(Token);
        Assert.Equal(0, chown.ExitCode);
    }
}
