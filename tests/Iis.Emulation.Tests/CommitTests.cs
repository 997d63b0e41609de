using Microsoft.Web.Administration;
using WsusDashboard.Iis.Emulation.Errors;
using WsusDashboard.Iis.Emulation.Storage;

namespace WsusDashboard.Iis.Emulation.Tests;

/// <summary>How a change reaches the disk, and what happens when it does not.</summary>
public sealed class CommitTests
{
    private const string TwoPools = "<add name=\"One\" />\n            <add name=\"Two\" />";

    [Theory]
    [InlineData(CommitStage.Locked)]
    [InlineData(CommitStage.HalfWritten)]
    [InlineData(CommitStage.Flushed)]
    internal void CommitChanges_CrashBeforeTheRename_LeavesTheOldFileAndTheNextCommitWorks(CommitStage crashAt)
    {
        using var folder = ConfigurationFolder.OfIisExpress();
        var before = folder.Bytes;
        using var crashing = folder.Open(new WriterOptions { Reached = stage => CrashAt(crashAt, stage) });
        crashing.ApplicationPools[0].QueueLength = 20000;

        Assert.Throws<CrashException>(crashing.CommitChanges);

        Assert.Equal(before, folder.Bytes);
        Assert.Equal(crashAt != CommitStage.Locked, File.Exists(folder.ConfigPath + ".tmp"));
        folder.Change(manager => manager.ApplicationPools[0].QueueLength = 30000);
        using var manager = folder.Open();
        Assert.Equal(30000, manager.ApplicationPools[0].QueueLength);
        Assert.False(File.Exists(folder.ConfigPath + ".tmp"));
    }

    [Fact]
    public void CommitChanges_CrashAfterTheRename_LeavesTheNewFile()
    {
        using var folder = ConfigurationFolder.OfIisExpress();
        using var crashing = folder.Open(new WriterOptions { Reached = stage => CrashAt(CommitStage.Renamed, stage) });
        crashing.ApplicationPools[0].QueueLength = 20000;

        Assert.Throws<CrashException>(crashing.CommitChanges);

        using var manager = folder.Open();
        Assert.Equal(20000, manager.ApplicationPools[0].QueueLength);
    }

    [Fact]
    public void CommitChanges_DiskFull_LeavesTheOldFileAndNoRest()
    {
        using var folder = ConfigurationFolder.OfIisExpress();
        var before = folder.Bytes;
        using var manager = folder.Open(new WriterOptions
        {
            Reached = stage => _ = stage == CommitStage.HalfWritten ? throw new IOException("No space left on device") : stage,
        });
        manager.ApplicationPools[0].QueueLength = 20000;

        Assert.Throws<IOException>(manager.CommitChanges);

        Assert.Equal(before, folder.Bytes);
        Assert.False(File.Exists(folder.ConfigPath + ".tmp"));
    }

    [Fact]
    public void CommitChanges_CharacterThatTheFilesEncodingLacks_IsRefusedAndNothingIsWritten()
    {
        using var folder = new ConfigurationFolder("<?xml version='1.0' encoding='us-ascii'?><configuration><system.applicationHost><applicationPools><add name='One'/></applicationPools></system.applicationHost></configuration>");
        var before = folder.Bytes;
        using var manager = folder.Open();
        manager.ApplicationPools["One"]!.ProcessModel.UserName = "Renée";

        var exception = Assert.Throws<IisRefusedException>(manager.CommitChanges);

        Assert.Equal(IisRefusedException.InvalidData, exception.HResult);
        Assert.Contains("'é'", exception.Message, StringComparison.Ordinal);
        Assert.Equal(before, folder.Bytes);
    }

    [Fact]
    public void CommitChanges_FileChangedSinceItWasRead_IsRefusedAndNothingIsWritten()
    {
        using var folder = ConfigurationFolder.WithPools(TwoPools);
        using var late = folder.Open();
        late.ApplicationPools["One"]!.QueueLength = 2000;
        folder.Change(manager => manager.ApplicationPools["Two"]!.QueueLength = 3000);
        var before = folder.Bytes;

        var exception = Assert.Throws<FileLoadException>(late.CommitChanges);

        Assert.Contains(folder.ConfigPath, exception.Message, StringComparison.Ordinal);
        Assert.Equal(before, folder.Bytes);
    }

    [Fact]
    public void CommitChanges_LockHeldByAnother_GivesUpAfterTheBoundAndNothingIsWritten()
    {
        using var folder = ConfigurationFolder.WithPools(TwoPools);
        var before = folder.Bytes;
        var pauses = 0;
        using var manager = folder.Open(new WriterOptions { LockAttempts = 4, PauseBetweenAttempts = () => pauses++ });
        manager.ApplicationPools["One"]!.QueueLength = 2000;
        using (HoldLock(folder))
        {
            Assert.Equal(folder.ConfigPath, Assert.Throws<FileLoadException>(manager.CommitChanges).FileName);
        }

        Assert.Equal(3, pauses);
        Assert.Equal(before, folder.Bytes);
        manager.CommitChanges();
        Assert.Contains("queueLength=\"2000\"", folder.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void CommitChanges_LockReleasedWhileWaiting_IsWritten()
    {
        using var folder = ConfigurationFolder.WithPools(TwoPools);
        var other = HoldLock(folder);
        using var manager = folder.Open(new WriterOptions { LockAttempts = 2, PauseBetweenAttempts = other.Dispose });
        manager.ApplicationPools["One"]!.QueueLength = 2000;

        manager.CommitChanges();

        Assert.Contains("queueLength=\"2000\"", folder.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CommitChanges_ManyWritersAndReaders_EveryReadIsWholeAndNoChangeIsLost()
    {
        const int Writers = 4;
        const int ChangesEach = 5;
        using var folder = ConfigurationFolder.WithPools(string.Join('\n', Enumerable.Range(0, Writers).Select(number => $"<add name=\"Pool{number}\" queueLength=\"100\" />")));
        var writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(number => Task.Run(() => Write(number), TestContext.Current.CancellationToken)));
        do
        {
            using var reader = folder.Open();
            Assert.Equal(Writers, reader.ApplicationPools.Count);
        }
        while (!writing.IsCompleted);

        await writing;
        using var manager = folder.Open();
        Assert.All(manager.ApplicationPools, pool => Assert.Equal(100 + ChangesEach, pool.QueueLength));

        // Whoever is refused because of another can try again: another has come further, so this ends.
        void Write(int number)
        {
            for (var (done, tries) = (0, 0); done < ChangesEach; tries++)
            {
                Assert.InRange(tries, 0, Writers * ChangesEach);
                try
                {
                    folder.Change(manager => manager.ApplicationPools[number].QueueLength++);
                    done++;
                }
                catch (FileLoadException)
                {
                }
            }
        }
    }

    [Fact]
    public void CommitChanges_Done_EarlierObjectsAreReadOnlyAndTheManagerReadsAnew()
    {
        using var folder = ConfigurationFolder.WithPools(TwoPools);
        using var manager = folder.Open();
        var earlier = manager.ApplicationPools["One"]!;
        earlier.QueueLength = 2000;
        manager.CommitChanges();
        folder.Change(other => other.ApplicationPools["One"]!.QueueLength = 4000);

        Assert.Equal(2000, earlier.QueueLength);
        Assert.Throws<InvalidOperationException>(() => earlier.QueueLength = 3000);
        Assert.Equal(4000, manager.ApplicationPools["One"]!.QueueLength);
        manager.ApplicationPools["One"]!.QueueLength = 5000;
        manager.CommitChanges();
        Assert.Contains("queueLength=\"5000\"", folder.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void ServerManager_ReadOnly_RefusesEveryChange()
    {
        using var folder = ConfigurationFolder.WithPools(TwoPools);
        using var manager = new ServerManager(readOnly: true, folder.ConfigPath);

        Assert.Throws<InvalidOperationException>(() => manager.ApplicationPools["One"]!.QueueLength = 2000);
        Assert.Throws<InvalidOperationException>(() => manager.ApplicationPools.Add("Three"));
        Assert.Throws<InvalidOperationException>(() => manager.ApplicationPools.Remove(manager.ApplicationPools[0]));
        Assert.Throws<InvalidOperationException>(() => manager.ApplicationPools[0].Recycling.PeriodicRestart.Schedule.Add(TimeSpan.Zero));
        Assert.Throws<InvalidOperationException>(manager.CommitChanges);
    }

    [Fact]
    public void ServerManager_WithoutAFile_NeverWorksOnTheServersOwn()
    {
        Assert.Throws<PlatformNotSupportedException>(() => new ServerManager());
        Assert.Throws<PlatformNotSupportedException>(() => ServerManager.OpenRemote("server"));
    }

    [Fact]
    public void CommitChanges_LinkAndFileMode_AreKept()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Links need a privilege there, and files have no mode.");
            return;
        }

        using var folder = ConfigurationFolder.WithPools(TwoPools);
        using var other = ConfigurationFolder.WithPools("");
        File.SetUnixFileMode(folder.ConfigPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        File.Delete(other.ConfigPath);
        File.CreateSymbolicLink(other.ConfigPath, folder.ConfigPath);

        other.Change(manager => manager.ApplicationPools["One"]!.QueueLength = 2000);

        Assert.Equal(folder.ConfigPath, new FileInfo(other.ConfigPath).LinkTarget);
        Assert.Contains("queueLength=\"2000\"", folder.Text, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(folder.ConfigPath));
    }

    private static FileStream HoldLock(ConfigurationFolder folder) =>
        new(folder.ConfigPath + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    private static void CrashAt(CommitStage wanted, CommitStage reached)
    {
        if (reached == wanted)
        {
            throw new CrashException();
        }
    }

    /// <summary>Stands for the end of the process: nothing in the product handles it.</summary>
    private sealed class CrashException : Exception;
}
