using System.Globalization;
using CsCheck;
using WsusDashboard.Agent.ConfigMgr;
using WsusDashboard.Agent.Storage;

namespace WsusDashboard.Agent.Tests.ConfigMgr;

public sealed class LogFollowerTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private int _written;
    private LogPosition _position = new() { Name = "wsyncmgr" };

    private string Current => _folder.File("wsyncmgr.log");

    private string Rolled => _folder.File("wsyncmgr.lo_");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_FirstTime_BeginsWithTheRolledFile()
    {
        Append(2);
        RollOver();
        Append(1);

        Assert.Equal(["line 1", "line 2", "line 3"], ReadAll());
    }

    [Fact]
    public void Read_AfterRollOver_FirstFinishesTheOldFile()
    {
        Append(2);
        ReadAll();
        Append(2);
        RollOver();
        Append(2);

        Assert.Equal(["line 3", "line 4", "line 5", "line 6"], ReadAll());
    }

    [Fact]
    public void Read_FileReplacedByAnother_BeginsAnew()
    {
        Append(3);
        ReadAll();
        File.WriteAllText(Current, Line("other"));

        Assert.Equal(["other"], ReadAll());
    }

    [Fact]
    public void Read_FileReplacedByALongerOne_BeginsAnew()
    {
        Append(1);
        ReadAll();
        File.WriteAllText(Current, Line("other 1") + Line("other 2") + Line("other 3"));

        Assert.Equal(["other 1", "other 2", "other 3"], ReadAll());
    }

    [Fact]
    public void Read_FileDeletedAndWrittenAgain_GoesOn()
    {
        Append(2);
        ReadAll();
        File.Delete(Current);
        Assert.Throws<FileNotFoundException>(() => LogFollower.Read(Current, _position, (in LogEntry _) => { }));
        Append(1);

        Assert.Equal(["line 3"], ReadAll());
    }

    [Fact]
    public void Read_FileLocked_FailsAndLosesNothing()
    {
        Append(1);
        ReadAll();
        Append(1);
        using (new FileStream(Current, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            Assert.ThrowsAny<IOException>(() => LogFollower.Read(Current, _position, (in LogEntry _) => { }));
        }

        Assert.Equal(["line 2"], ReadAll());
    }

    [Fact]
    public void Read_HalfALine_WaitsForItsRest()
    {
        var line = Line("whole");
        File.WriteAllText(Current, line[..20]);
        Assert.Empty(ReadAll());
        File.AppendAllText(Current, line[20..]);

        Assert.Equal(["whole"], ReadAll());
    }

    [Fact]
    public void Read_AnySequenceOfWritesRollOversAndReads_GivesEachLineOnceInOrder() =>
        Gen.Int[0, 9].Array[1, 40].Sample(
            steps =>
            {
                File.Delete(Current);
                File.Delete(Rolled);
                _written = 0;
                _position = new LogPosition { Name = "wsyncmgr" };
                List<string> read = [];
                Append(1);
                foreach (var step in steps)
                {
                    switch (step)
                    {
                        case 0:
                            // Configuration Manager keeps one old file, so the rolled one is read before the next roll-over.
                            read.AddRange(ReadAll());
                            RollOver();
                            Append(1);
                            break;
                        case < 5:
                            Append(step);
                            break;
                        default:
                            read.AddRange(ReadAll());
                            break;
                    }
                }

                read.AddRange(ReadAll());
                Assert.Equal(Enumerable.Range(1, _written).Select(number => string.Create(CultureInfo.InvariantCulture, $"line {number}")), read);
            },
            iter: 100,
            threads: 1);

    private static string Line(string text) => $"{text}  $$<SMS_WSUS_SYNC_MANAGER><12-09-2022 11:25:14.217+360><thread=4764 (0x129C)>\r\n";

    private void Append(int lines)
    {
        for (var line = 0; line < lines; line++)
        {
            File.AppendAllText(Current, Line(string.Create(CultureInfo.InvariantCulture, $"line {++_written}")));
        }
    }

    private void RollOver() => File.Move(Current, Rolled, overwrite: true);

    private List<string> ReadAll()
    {
        List<string> lines = [];
        LogStep step;
        do
        {
            step = LogFollower.Read(Current, _position, (in LogEntry entry) => lines.Add(entry.ToLine().Text));
            _position = step.Position;
        }
        while (!step.IsAtEnd);

        return lines;
    }
}
