using System.IO.MemoryMappedFiles;

namespace GoNoGo.Fuzzing;

/// <summary>
/// Knows which case runs: for a case that never ends, which is written, and for one that ends the process, whose index stays behind
/// in a mapped file.
/// </summary>
internal sealed class RunningCase : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly FuzzOptions _options;
    private readonly CaseFiles _files;
    private readonly string _path;
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly Timer _timer;
    private long _index = -1;
    private byte[] _file = [];
    private long _seen = -1;

    public RunningCase(FuzzTarget target, FuzzOptions options, CaseFiles files)
    {
        _options = options;
        _files = files;
        Directory.CreateDirectory(options.Folder);
        _path = PathOf(target, options.Folder, Environment.ProcessId);
        _map = MemoryMappedFile.CreateFromFile(_path, FileMode.Create, null, 16);
        _view = _map.CreateViewAccessor(0, 16);
        _view.Write(0, (long)options.Seed);
        _timer = new Timer(_ => Look(), null, Patience, Patience);
    }

    /// <summary>Runs that ended in the middle of a case: their files, seeds and indices.</summary>
    public static IEnumerable<(string Path, long Seed, long Index)> LeftBehind(FuzzTarget target, string folder)
    {
        foreach (string path in Directory.Exists(folder) ? Directory.GetFiles(folder, $"fuzz-{target.Name}-running-*") : [])
        {
            byte[] content = File.ReadAllBytes(path);
            long index = content.Length == 16 ? BitConverter.ToInt64(content, 8) : -1;
            bool alive = int.TryParse(path.AsSpan(path.LastIndexOf('-') + 1), System.Globalization.CultureInfo.InvariantCulture, out int process)
                && Array.Exists(System.Diagnostics.Process.GetProcesses(), other => other.Id == process);
            if (index >= 0 && !alive)
            {
                yield return (path, BitConverter.ToInt64(content, 0), index);
            }
        }
    }

    public void Enter(long index, byte[] file)
    {
        _file = file;
        Volatile.Write(ref _index, index);
        _view.Write(8, index);
    }

    public void Leave() => Volatile.Write(ref _index, -1);

    public void Dispose()
    {
        _timer.Dispose();
        _view.Dispose();
        _map.Dispose();
        File.Delete(_path);
    }

    private static string PathOf(FuzzTarget target, string folder, int process) =>
        Path.Combine(folder, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"fuzz-{target.Name}-running-{process}"));

    private void Look()
    {
        long index = Volatile.Read(ref _index);
        if (index < 0 || index != _seen)
        {
            _seen = index;
            return;
        }

        FuzzFailure failure = _files.Write(index, _file, $"does not come to an end: more than {Patience.TotalSeconds} s");
        _options.Stuck?.Invoke(failure);
    }
}
