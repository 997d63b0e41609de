using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using WsusDashboard.Shared.Text;
using WsusDashboard.Simulator.Estates;

namespace WsusDashboard.Simulator.Demo;

/// <summary>The folder of an estate, recognized by the marker file that only the simulator writes.</summary>
internal sealed partial class DataFolder
{
    public const string MarkerName = "wsusdashboard-estate.json";
    // The last is that of a dashboard that was set aside.
    private static readonly string[] Folders = ["servers", "dashboard", "dashboard-????????-??????"];
    private readonly string _path;

    private DataFolder(string path, int seed)
    {
        _path = path;
        Seed = seed;
    }

    public string Estate => _path;

    public string Dashboard => Path.Combine(_path, "dashboard");

    public int Seed { get; }

    /// <summary>Takes up the folder, or makes it.</summary>
    /// <exception cref="DemoException">It is not ours, was made with another seed, or cannot be written.</exception>
    public static DataFolder Open(DemoOptions options)
    {
        var path = Path.GetFullPath(options.DataDirectory);
        try
        {
            if (options.Reset)
            {
                Clear(path);
            }

            return Take(path, options.Seed);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DemoException($"Can't use the folder {path}: {exception.Message} Choose another one with --data.", exception);
        }
    }

    /// <summary>Renames the dashboard's folder: database, keys and audit belong together. The value is where it is now.</summary>
    public string SetDashboardAside()
    {
        var aside = string.Create(CultureInfo.InvariantCulture, $"{Dashboard}-{TimeProvider.System.GetUtcNow():yyyyMMdd-HHmmss}");
        Directory.Move(Dashboard, aside);
        return aside;
    }

    private static DataFolder Take(string path, int? seed)
    {
        var marker = Path.Combine(path, MarkerName);
        if (File.Exists(marker))
        {
            var kept = Read(marker);
            return seed is null || seed == kept
                ? new(path, kept)
                : throw new DemoException(Text($"--seed is {seed}, but the estate in {path} was made with seed {kept}. Add --reset to make a new one, leave --seed out, or choose another folder with --data."));
        }

        if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
        {
            throw new DemoException($"The folder {path} contains files that aren't a simulated estate. Nothing was changed. Choose an empty or new folder with --data.");
        }

        Directory.CreateDirectory(path);
        var chosen = seed ?? EstateOptions.DefaultSeed;
        File.WriteAllText(marker, JsonSerializer.Serialize(new Marker(1, chosen), MarkerContext.Default.Marker));
        return new(path, chosen);
    }

    // Only what the simulator made: its marker, the servers, the dashboard's files. Anything else in there is a person's, and stays.
    private static void Clear(string path)
    {
        if (!Directory.Exists(path) || !Directory.EnumerateFileSystemEntries(path).Any())
        {
            return;
        }

        var marker = Path.Combine(path, MarkerName);
        if (!File.Exists(marker))
        {
            throw new DemoException($"Can't --reset {path}: it isn't a simulator folder (there is no {MarkerName} in it). Nothing was deleted. Choose another folder with --data.");
        }

        foreach (var folder in Folders.SelectMany(name => Directory.EnumerateDirectories(path, name)).ToList())
        {
            Directory.Delete(folder, recursive: true);
        }

        File.Delete(marker);
        if (Directory.EnumerateFileSystemEntries(path).FirstOrDefault() is { } stranger)
        {
            throw new DemoException($"The estate in {path} was cleared, but {Path.GetFileName(stranger)} doesn't belong to the simulator and was left there. Move it away, or choose another folder with --data.");
        }
    }

    private static int Read(string marker)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(marker), MarkerContext.Default.Marker)?.Seed ?? EstateOptions.DefaultSeed;
        }
        catch (JsonException exception)
        {
            throw new DemoException($"{marker} is damaged: {JsonMistake.Describe(exception)}. Add --reset to make a new estate.", exception);
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    internal sealed record Marker(int Version, int Seed);

    [JsonSerializable(typeof(Marker))]
    private sealed partial class MarkerContext : JsonSerializerContext;
}
