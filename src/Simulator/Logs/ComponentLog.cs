using System.Globalization;
using System.Text;

namespace WsusDashboard.Simulator.Logs;

/// <summary>A log of a component of Configuration Manager on disk, in one of the two line formats of configmgr.md, section 5a, with roll-over to ".lo_".</summary>
/// <remarks>Lines are gathered by the model under its gate and written by <see cref="Flush"/> outside of it. One thread flushes.</remarks>
internal sealed class ComponentLog(string directory, string name, string component, bool fullForm, long maximumBytes = ComponentLog.DefaultMaximumBytes)
{
    /// <summary>Small enough that a long demo rolls over.</summary>
    public const long DefaultMaximumBytes = 512 * 1024;

    // The simulated servers keep Central European standard time: one hour before UTC, so the log's bias is -60.
    private const int BiasMinutes = -60;
    private const int ThreadId = 5_132;
    private readonly StringBuilder _pending = new();
    private readonly Lock _gate = new();

    public string Path => System.IO.Path.Combine(directory, name + ".log");

    public string OldPath => System.IO.Path.Combine(directory, name + ".lo_");

    /// <summary>1 information, 2 warning, 3 error; only the full form has it.</summary>
    public void Add(DateTimeOffset at, string message, int type = 1)
    {
        var line = fullForm ? Full(at, message, type) : Simple(at, message);
        lock (_gate)
        {
            _pending.Append(line).Append("\r\n");
        }
    }

    /// <summary>Writes what was gathered. A file that cannot be written keeps the lines for the next attempt, within limits.</summary>
    public void Flush()
    {
        string text;
        lock (_gate)
        {
            if (_pending.Length == 0)
            {
                return;
            }

            text = _pending.ToString();
            _pending.Clear();
        }

        try
        {
            Directory.CreateDirectory(directory);
            if (File.Exists(Path) && new FileInfo(Path).Length > maximumBytes)
            {
                File.Move(Path, OldPath, overwrite: true);
            }

            using var stream = new FileStream(Path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            stream.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (IOException)
        {
            lock (_gate)
            {
                if (_pending.Length < maximumBytes)
                {
                    _pending.Insert(0, text);
                }
            }
        }
    }

    private string Simple(DateTimeOffset at, string message) => string.Create(
        CultureInfo.InvariantCulture,
        $"{message}  $$<{component}><{Local(at):MM-dd-yyyy HH:mm:ss.fff}{BiasMinutes:+000;-00}><thread={ThreadId} (0x{ThreadId:X})>");

    private string Full(DateTimeOffset at, string message, int type) => string.Create(
        CultureInfo.InvariantCulture,
        $"<![LOG[{message}]LOG]!><time=\"{Local(at):HH:mm:ss.fff}{BiasMinutes:+000;-00}\" date=\"{Local(at):M-d-yyyy}\" component=\"{component}\" context=\"\" type=\"{type}\" thread=\"{ThreadId}\" file=\"{name}.cpp:312\">");

    private static DateTime Local(DateTimeOffset at) => at.UtcDateTime.AddMinutes(-BiasMinutes);

    /// <summary>Writes what was gathered, and makes the current file the old one.</summary>
    public void RollOver()
    {
        Flush();
        if (File.Exists(Path))
        {
            File.Move(Path, OldPath, overwrite: true);
        }
    }
}
