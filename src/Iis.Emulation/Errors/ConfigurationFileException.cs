using System.Runtime.InteropServices;

namespace WsusDashboard.Iis.Emulation.Errors;

/// <summary>A configuration file that is damaged, or holds a value that IIS refuses.</summary>
/// <remarks>
/// A COMException because that is what IIS throws for such a file, so one handler serves both; the text has the shape of
/// IIS's own ("Filename: … Line number: … Error: …") with the column added. 0x8007000D is ERROR_INVALID_DATA.
/// </remarks>
public sealed class ConfigurationFileException : COMException
{
    private const int InvalidData = unchecked((int)0x8007000D);

    public ConfigurationFileException(string fileName, int line, int column, string error, Exception? innerException = null)
        : base(FormattableString.Invariant($"Filename: {fileName}, line number: {line}, column: {column}. Error: {error}"), innerException)
    {
        HResult = InvalidData;
        FileName = fileName;
        Line = line;
        Column = column;
        Error = error;
    }

    /// <summary>Full path of the file.</summary>
    public string FileName { get; }

    /// <summary>Line of the mistake, from 1.</summary>
    public int Line { get; }

    /// <summary>Column of the mistake, from 1.</summary>
    public int Column { get; }

    /// <summary>What is wrong, without the place.</summary>
    public string Error { get; }
}
