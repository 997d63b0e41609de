using System.Runtime.InteropServices;
using Microsoft.Web.Administration;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Iis;

/// <summary>Reads the compression schemes of IIS and which workers can load their libraries (windows.md, "32-bit WsusPool and the xpress compression scheme").</summary>
/// <remarks>Safe for use from several threads.</remarks>
public sealed class CompressionSchemeReader(IisAccess access, ILibraryFiles files)
{
    private const string Section = "system.webServer/httpCompression";
    private const string Call = "compression schemes";
    private const string What = "IIS's compression schemes couldn't be read";

    /// <summary>A server has two or three; a file with more is not read without an end.</summary>
    private const int MaximumSchemes = 32;

    /// <summary>The variables that have another value in a 32-bit process.</summary>
    private static readonly (string Variable, string For32Bit)[] Variables =
        [("%ProgramFiles%", "%ProgramFiles(x86)%"), ("%CommonProgramFiles%", "%CommonProgramFiles(x86)%")];

    /// <summary>The libraries that the newest reading looked at, by path.</summary>
    private IReadOnlyDictionary<string, KnownLibrary> _known = new Dictionary<string, KnownLibrary>();

    /// <summary>The schemes with what their libraries are; where they cannot be read, why.</summary>
    /// <exception cref="EdgeException">IIS cannot be opened, or its configuration is damaged as a whole.</exception>
    public async Task<(IReadOnlyList<CompressionScheme> Schemes, string Problem)> ReadAsync(CancellationToken cancellationToken)
    {
        var (schemes, problem) = ReadNow();
        return (await CompleteAsync(schemes, cancellationToken).ConfigureAwait(false), problem);
    }

    /// <summary>The schemes as they stand in the configuration, without a look at their libraries; where they cannot be read, why.</summary>
    internal (IReadOnlyList<CompressionScheme> Schemes, string Problem) ReadConfigured(ServerManager manager)
    {
        try
        {
            var schemes = manager.GetApplicationHostConfiguration().GetSection(Section).GetCollection().Take(MaximumSchemes + 1)
                .Select(element => new CompressionScheme { Name = (string)element["name"]!, Library = (string)element["dll"]!, PreCondition = ReadPreCondition(element) })
                .ToList();

            return schemes.Count <= MaximumSchemes ? (schemes, "")
                : (schemes[..MaximumSchemes], FormattableString.Invariant($"IIS has more than {MaximumSchemes} compression schemes; only the first {MaximumSchemes} were read."));
        }
        catch (Exception exception) when (exception is COMException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            // The pools are still worth showing.
            access.Refusals.Record(Call, exception);
            return ([], IisFailures.Translate(What, exception).Message);
        }
    }

    private (IReadOnlyList<CompressionScheme> Schemes, string Problem) ReadNow()
    {
        try
        {
            using var manager = access.Open();
            return ReadConfigured(manager);
        }
        catch (Exception exception) when (exception is not EdgeException)
        {
            access.Refusals.Record(Call, exception);
            throw IisFailures.Translate(What, exception);
        }
    }

    /// <summary>The schemes with what their libraries are.</summary>
    internal async Task<IReadOnlyList<CompressionScheme>> CompleteAsync(IReadOnlyList<CompressionScheme> schemes, CancellationToken cancellationToken)
    {
        var reading = new Dictionary<string, KnownLibrary>(StringComparer.OrdinalIgnoreCase);
        var completed = new List<CompressionScheme>(schemes.Count);
        foreach (var scheme in schemes)
        {
            completed.Add(await CompleteAsync(scheme, reading, cancellationToken).ConfigureAwait(false));
        }

        Volatile.Write(ref _known, reading);

        return completed;
    }

    private async Task<CompressionScheme> CompleteAsync(CompressionScheme scheme, Dictionary<string, KnownLibrary> reading, CancellationToken cancellationToken)
    {
        try
        {
            var path = files.Expand(scheme.Library);
            var pathFor32Bit = PathFor32Bit(scheme.Library);
            var own = await ReadHeaderAsync(path, reading, cancellationToken).ConfigureAwait(false);
            var other = string.Equals(path, pathFor32Bit, StringComparison.OrdinalIgnoreCase) ? own : await ReadHeaderAsync(pathFor32Bit, reading, cancellationToken).ConfigureAwait(false);
            return scheme with { Bitness = own.Bitness, BitnessFor32BitWorker = other.Bitness, Problem = other.Problem.Length > 0 ? other.Problem : own.Problem };
        }
        catch (EdgeException exception)
        {
            return scheme with { Problem = exception.Message };
        }
    }

    /// <summary>Reads a header only where the file is another than at the reading before: the section is read every few seconds, and libraries change with an update.</summary>
    private async Task<LibraryHeader> ReadHeaderAsync(string path, Dictionary<string, KnownLibrary> reading, CancellationToken cancellationToken)
    {
        if (!IsOnLocalDrive(path))
        {
            return new LibraryHeader(LibraryBitness.Unknown, "Its path isn't one of a local drive, so it wasn't read.");
        }

        if (await files.FindAsync(path, cancellationToken).ConfigureAwait(false) is not { } version)
        {
            return new LibraryHeader(LibraryBitness.Missing, "");
        }

        if (Volatile.Read(ref _known).TryGetValue(path, out var known) && known.Version == version)
        {
            reading[path] = known;
            return known.Header;
        }

        if (await files.ReadStartAsync(path, LibraryHeader.Length, cancellationToken).ConfigureAwait(false) is not { } start)
        {
            return new LibraryHeader(LibraryBitness.Missing, "");
        }

        var header = LibraryHeader.Read(start);
        reading[path] = new KnownLibrary(version, header);
        return header;
    }

    /// <summary>Windows gives a 32-bit process other folders for some names (Microsoft, WOW64 implementation details and File system redirector).</summary>
    private string PathFor32Bit(string library)
    {
        foreach (var (variable, for32Bit) in Variables)
        {
            library = library.Replace(variable, for32Bit, StringComparison.OrdinalIgnoreCase);
        }

        var path = files.Expand(library);
        var system = files.Expand(@"%windir%\System32\");
        return path.StartsWith(system, StringComparison.OrdinalIgnoreCase) ? files.Expand(@"%windir%\SysWOW64\") + path[system.Length..] : path;
    }

    /// <summary>The agent runs as SYSTEM: it follows no path that leads to another computer or to a device.</summary>
    private static bool IsOnLocalDrive(string path) => path is [>= 'A' and <= 'Z' or >= 'a' and <= 'z', ':', '\\', ..];

    /// <summary>Empty where the schema of this IIS has no such attribute: then none can stand there.</summary>
    private string ReadPreCondition(ConfigurationElement element)
    {
        try
        {
            return element["preCondition"] as string ?? "";
        }
        catch (COMException exception)
        {
            access.Refusals.Record("precondition of a compression scheme", exception);
            return "";
        }
    }

    private sealed record KnownLibrary(LibraryVersion Version, LibraryHeader Header);
}
