using System.Runtime.InteropServices;

namespace GoNoGo.Benchmarks.Peers;

/// <summary>libtiff, when it is installed (Debian: libtiff6 or libtiff5).</summary>
internal sealed unsafe class LibTiff
{
    private readonly delegate* unmanaged<byte*, byte*, nint> _open;
    private readonly delegate* unmanaged<nint, void> _close;
    private readonly delegate* unmanaged<nint, uint> _stripCount;
    private readonly delegate* unmanaged<nint, uint, void*, nint, nint> _readStrip;

    private LibTiff(nint library)
    {
        _open = (delegate* unmanaged<byte*, byte*, nint>)NativeLibrary.GetExport(library, "TIFFOpen");
        _close = (delegate* unmanaged<nint, void>)NativeLibrary.GetExport(library, "TIFFClose");
        _stripCount = (delegate* unmanaged<nint, uint>)NativeLibrary.GetExport(library, "TIFFNumberOfStrips");
        _readStrip = (delegate* unmanaged<nint, uint, void*, nint, nint>)NativeLibrary.GetExport(library, "TIFFReadEncodedStrip");
        var version = (delegate* unmanaged<byte*>)NativeLibrary.GetExport(library, "TIFFGetVersion");
        Version = Marshal.PtrToStringUTF8((nint)version())!.Split('\n')[0];
    }

    /// <summary>What the library says of itself.</summary>
    public string Version { get; }

    /// <summary>The library; null where it is not installed.</summary>
    public static LibTiff? TryLoad()
    {
        foreach (string name in new[] { "libtiff.so.6", "libtiff.so.5" })
        {
            if (NativeLibrary.TryLoad(name, out nint library))
            {
                return new LibTiff(library);
            }
        }

        return null;
    }

    /// <summary>Decodes all strips of a file, one after the other, into memory for the whole picture.</summary>
    public void Read(string path, Span<byte> destination)
    {
        nint name = Marshal.StringToCoTaskMemUTF8(path);
        fixed (byte* mode = "r"u8)
        fixed (byte* target = destination)
        {
            nint file = _open((byte*)name, mode);
            Marshal.FreeCoTaskMem(name);
            if (file == 0)
            {
                throw new InvalidOperationException($"libtiff cannot open {path}.");
            }

            nint done = 0;
            uint strips = _stripCount(file);
            for (uint strip = 0; strip < strips; strip++)
            {
                nint read = _readStrip(file, strip, target + done, destination.Length - done);
                if (read < 0)
                {
                    throw new InvalidOperationException($"libtiff cannot read strip {strip} of {path}.");
                }

                done += read;
            }

            _close(file);
            if (done != destination.Length)
            {
                throw new InvalidOperationException($"libtiff read {done} bytes of {path}, expected {destination.Length}.");
            }
        }
    }
}
