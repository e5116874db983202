namespace GoNoGo.Vision.Imaging;

/// <summary>
/// A decoded picture: <see cref="Height"/> rows of <see cref="Width"/> pixels of 1 (gray), 3 (RGB) or 4 (RGBA) interleaved
/// channels, top row first: integers of 8 or 16 bits a sample, or 32-bit floats whose full scale is 1.
/// </summary>
/// <remarks>
/// Disposing is optional: a picture made by <see cref="Rent"/> (as the decoders do) hands its samples back for the next picture
/// of the same size, so that a loop over equal pictures allocates none; a picture over the caller's own array only forgets it.
/// </remarks>
public sealed class Image : IDisposable
{
    private readonly bool _rented;
    private byte[]? _samples8;
    private ushort[]? _samples16;
    private float[]? _samplesFloat;
    private int _disposed;

    /// <summary>A picture over 8-bit samples, <c>[Height, Width, Channels]</c> row-major; the array is not copied.</summary>
    /// <exception cref="ArgumentException">The sizes and the number of samples do not fit together.</exception>
    public Image(int width, int height, int channels, byte[] samples)
        : this(width, height, channels, 8, samples.Length, rented: false) => _samples8 = samples;

    /// <summary>A picture over 16-bit samples, <c>[Height, Width, Channels]</c> row-major; the array is not copied.</summary>
    /// <exception cref="ArgumentException">The sizes and the number of samples do not fit together.</exception>
    public Image(int width, int height, int channels, ushort[] samples)
        : this(width, height, channels, 16, samples.Length, rented: false) => _samples16 = samples;

    /// <summary>A picture over 32-bit float samples, <c>[Height, Width, Channels]</c> row-major; the array is not copied.</summary>
    /// <exception cref="ArgumentException">The sizes and the number of samples do not fit together.</exception>
    public Image(int width, int height, int channels, float[] samples)
        : this(width, height, channels, 32, samples.Length, rented: false) => _samplesFloat = samples;

    private Image(int width, int height, int channels, int bitDepth, long length, bool rented)
    {
        if (width < 1 || height < 1 || channels is not (1 or 3 or 4) || (long)width * height * channels != length)
        {
            throw new ArgumentException($"Image: {length} samples do not make a picture of {width} x {height} x {channels} channels (1, 3 or 4).");
        }

        Width = FullWidth = width;
        Height = FullHeight = height;
        Channels = channels;
        BitDepth = bitDepth;
        _rented = rented;
    }

    /// <summary>Pixels a row.</summary>
    public int Width { get; }

    /// <summary>Number of rows.</summary>
    public int Height { get; }

    /// <summary>Pixels a row of the picture in its file: more than <see cref="Width"/> where it was decoded smaller (<see cref="ImageDecoderOptions.JpegScale"/>).</summary>
    public int FullWidth { get; internal set; }

    /// <summary>Number of rows of the picture in its file.</summary>
    public int FullHeight { get; internal set; }

    /// <summary>1 (gray), 3 (RGB) or 4 (RGBA).</summary>
    public int Channels { get; }

    /// <summary>How the file said the picture is to be turned before showing, 1 to 8 as in Exif; 1 (upright) where nothing was said. It is never applied.</summary>
    public int Orientation { get; internal set; } = 1;

    /// <summary>Pictures that the file held, of which this is the first: above 1 only for TIFF, counted up to 10,000.</summary>
    public int Pages { get; internal set; } = 1;

    /// <summary>Bits a sample: 8 or 16 of an integer, 32 of a float.</summary>
    public int BitDepth { get; }

    /// <summary>The samples of an 8-bit picture, else null.</summary>
    /// <exception cref="ObjectDisposedException">The picture was disposed.</exception>
    public byte[]? Samples8
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed != 0, this);
            return _samples8;
        }
    }

    /// <summary>The samples of a 16-bit picture, else null.</summary>
    /// <exception cref="ObjectDisposedException">The picture was disposed.</exception>
    public ushort[]? Samples16
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed != 0, this);
            return _samples16;
        }
    }

    /// <summary>
    /// The samples of a 32-bit float picture, else null. They are what the file says: full scale is 1, but values beyond 0 to 1,
    /// infinities and NaN occur.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The picture was disposed.</exception>
    public float[]? SamplesFloat
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed != 0, this);
            return _samplesFloat;
        }
    }

    /// <summary>A picture with samples from the pool, whose content is not set: the caller writes all of it.</summary>
    /// <exception cref="ArgumentException">A size below 1, channels other than 1, 3, 4, or more than 2^31 samples.</exception>
    public static Image Rent(int width, int height, int channels, int bitDepth = 8)
    {
        long length = (long)width * height * channels;
        if (width < 1 || height < 1 || channels is not (1 or 3 or 4) || bitDepth is not (8 or 16 or 32) || length > Array.MaxLength)
        {
            throw new ArgumentException($"Image.Rent: no picture of {width} x {height} x {channels} channels (1, 3 or 4) of {bitDepth} bits (8, 16, or 32 for float).");
        }

        var image = new Image(width, height, channels, bitDepth, length, rented: true);
        switch (bitDepth)
        {
            case 8:
                image._samples8 = SampleBuffers<byte>.Rent((int)length);
                break;
            case 16:
                image._samples16 = SampleBuffers<ushort>.Rent((int)length);
                break;
            default:
                image._samplesFloat = SampleBuffers<float>.Rent((int)length);
                break;
        }

        return image;
    }

    /// <summary>Releases the samples; afterwards they cannot be read.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        byte[]? samples8 = _samples8;
        ushort[]? samples16 = _samples16;
        float[]? samplesFloat = _samplesFloat;
        _samples8 = null;
        _samples16 = null;
        _samplesFloat = null;
        if (!_rented)
        {
            return;
        }

        if (samples8 is not null)
        {
            SampleBuffers<byte>.Return(samples8);
        }
        else if (samples16 is not null)
        {
            SampleBuffers<ushort>.Return(samples16);
        }
        else if (samplesFloat is not null)
        {
            SampleBuffers<float>.Return(samplesFloat);
        }
    }
}
