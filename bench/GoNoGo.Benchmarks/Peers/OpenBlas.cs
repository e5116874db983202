using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace GoNoGo.Benchmarks.Peers;

/// <summary>
/// OpenBLAS, when it is installed. It chooses its kernels once, when loaded, by the processor or by OPENBLAS_CORETYPE; to have
/// several choices in one process, each is loaded from its own copy of the library file.
/// </summary>
internal sealed unsafe class OpenBlas
{
    private readonly delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void> _sgemm;
    private readonly delegate* unmanaged<int, void> _setThreads;

    private OpenBlas(string coreType, nint library)
    {
        CoreType = coreType;
        _sgemm = (delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void>)NativeLibrary.GetExport(library, "cblas_sgemm");
        _setThreads = (delegate* unmanaged<int, void>)NativeLibrary.GetExport(library, "openblas_set_num_threads");
        var config = (delegate* unmanaged<byte*>)NativeLibrary.GetExport(library, "openblas_get_config");
        var core = (delegate* unmanaged<byte*>)NativeLibrary.GetExport(library, "openblas_get_corename");
        Config = Marshal.PtrToStringUTF8((nint)config())!.Trim();
        CoreName = Marshal.PtrToStringUTF8((nint)core())!;
    }

    /// <summary>What was asked for: auto, Haswell, Zen, SkylakeX.</summary>
    public string CoreType { get; }

    /// <summary>What the library says it uses.</summary>
    public string CoreName { get; }

    /// <summary>Version and build options.</summary>
    public string Config { get; }

    /// <summary>All core types that this processor can run; empty when the library is not installed.</summary>
    public static IReadOnlyList<OpenBlas> LoadAll()
    {
        string? file = Locate();
        if (file is null)
        {
            return [];
        }

        var loaded = new List<OpenBlas>();
        string folder = Directory.CreateTempSubdirectory("openblas").FullName;
        try
        {
            foreach (string coreType in Avx512F.IsSupported ? ["auto", "Haswell", "Zen", "SkylakeX"] : new[] { "auto", "Haswell", "Zen" })
            {
                // The process environment that native code sees is not the managed copy of it.
                _ = coreType == "auto" ? UnsetEnv("OPENBLAS_CORETYPE") : SetEnv("OPENBLAS_CORETYPE", coreType, 1);
                string copy = Path.Combine(folder, $"libopenblas-{coreType}.so");
                File.Copy(file, copy);
                loaded.Add(new OpenBlas(coreType, NativeLibrary.Load(copy)));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        // One per kernel set: "auto" is usually one of the others.
        return [.. loaded.DistinctBy(peer => peer.CoreName)];
    }

    /// <summary>How many threads it uses.</summary>
    public void SetThreads(int count) => _setThreads(count);

    /// <summary>C = A B, row-major, B optionally stored transposed.</summary>
    public void Multiply(int m, int n, int k, float* a, float* b, bool transposeB, float* c) =>
        _sgemm(101, 111, transposeB ? 112 : 111, m, n, k, 1f, a, k, b, transposeB ? k : n, 0f, c, n);

    private static string? Locate()
    {
        string[] folders = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/local/lib", "/opt/OpenBLAS/lib"];
        return folders
            .SelectMany(folder => new[] { Path.Combine(folder, "openblas-pthread", "libopenblas.so.0"), Path.Combine(folder, "libopenblas.so.0") })
            .FirstOrDefault(File.Exists);
    }

    [DllImport("libc", EntryPoint = "setenv", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int SetEnv(string name, string value, int overwrite);

    [DllImport("libc", EntryPoint = "unsetenv", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int UnsetEnv(string name);
}
