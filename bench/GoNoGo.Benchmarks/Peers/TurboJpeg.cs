using System.Runtime.InteropServices;

namespace GoNoGo.Benchmarks.Peers;

/// <summary>libjpeg-turbo by its TurboJPEG interface, when it is installed (Debian: libturbojpeg0).</summary>
internal sealed unsafe class TurboJpeg : IDisposable
{
    private const int Rgb = 0;
    private const int Gray = 6;
    private const int GraySampling = 3;
    private const int AccurateTransform = 4096;
    private const int Progressive = 16384;

    private readonly nint _compressor;
    private readonly nint _decompressor;
    private readonly delegate* unmanaged<nint, byte*, nuint, byte*, int, int, int, int, int, int> _decompress;
    private readonly delegate* unmanaged<nint, byte*, int, int, int, int, byte**, nuint*, int, int, int, int> _compress;
    private readonly delegate* unmanaged<byte*, void> _free;
    private readonly delegate* unmanaged<nint, int> _destroy;

    private TurboJpeg(nint library)
    {
        _compressor = ((delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "tjInitCompress"))();
        _decompressor = ((delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "tjInitDecompress"))();
        _compress = (delegate* unmanaged<nint, byte*, int, int, int, int, byte**, nuint*, int, int, int, int>)NativeLibrary.GetExport(library, "tjCompress2");
        _decompress = (delegate* unmanaged<nint, byte*, nuint, byte*, int, int, int, int, int, int>)NativeLibrary.GetExport(library, "tjDecompress2");
        _free = (delegate* unmanaged<byte*, void>)NativeLibrary.GetExport(library, "tjFree");
        _destroy = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "tjDestroy");
    }

    /// <summary>The library; null when it is not installed.</summary>
    public static TurboJpeg? TryLoad() =>
        NativeLibrary.TryLoad("libturbojpeg.so.0", out nint library) || NativeLibrary.TryLoad("libturbojpeg.dylib", out library) || NativeLibrary.TryLoad("turbojpeg", out library)
            ? new TurboJpeg(library)
            : null;

    /// <summary>Compresses 8-bit gray or RGB.</summary>
    /// <param name="samples">Interleaved.</param>
    /// <param name="width">Pixels a row.</param>
    /// <param name="height">Number of rows.</param>
    /// <param name="channels">1 or 3.</param>
    /// <param name="sampling">TurboJPEG's number: 0 is 4:4:4, 1 is 4:2:2, 2 is 4:2:0.</param>
    /// <param name="quality">1 to 100.</param>
    /// <param name="progressive">Whether in several scans.</param>
    public byte[] Compress(byte[] samples, int width, int height, int channels, int sampling, int quality, bool progressive)
    {
        byte* file = null;
        nuint length = 0;
        fixed (byte* source = samples)
        {
            int failed = _compress(
                _compressor, source, width, 0, height, channels == 1 ? Gray : Rgb, &file, &length,
                channels == 1 ? GraySampling : sampling, quality, AccurateTransform | (progressive ? Progressive : 0));
            if (failed != 0)
            {
                throw new InvalidOperationException("TurboJPEG did not compress.");
            }
        }

        byte[] result = new ReadOnlySpan<byte>(file, (int)length).ToArray();
        _free(file);
        return result;
    }

    /// <summary>Decompresses with the accurate transform and the triangle filter.</summary>
    public void Decompress(byte[] file, int width, int height, int channels, byte[] samples)
    {
        fixed (byte* source = file)
        fixed (byte* destination = samples)
        {
            if (_decompress(_decompressor, source, (nuint)file.Length, destination, width, 0, height, channels == 1 ? Gray : Rgb, AccurateTransform) != 0)
            {
                throw new InvalidOperationException("TurboJPEG did not decompress.");
            }
        }
    }

    public void Dispose()
    {
        _destroy(_compressor);
        _destroy(_decompressor);
    }
}
